using AgentFlow.CodeFixes;

namespace AgentFlow.Generators.Tests;

/// <summary>The mends of AF02xx, AF03xx and AF05xx.</summary>
public sealed class CodeFixShapeTests
{
    [Theory]
    [InlineData("[Agent] public sealed class A { [Action] void B() { } }", "[Agent] public sealed partial class A { [Action] void B() { } }")]
    [InlineData("/// <summary>Doc.</summary>\n[Agent]\nclass A { [Action] void B() { } }", "/// <summary>Doc.</summary>\n[Agent]\npartial class A { [Action] void B() { } }")]
    [InlineData("// Why.\nclass Host { [Agent] partial class A { [Action] void B() { } } }", "// Why.\npartial class Host { [Agent] partial class A { [Action] void B() { } } }")]
    [InlineData("[Agent] public record A(int X) { [Action] void B() { } }", "[Agent] public partial record A(int X) { [Action] void B() { } }")]
    public Task AF0201_AF0202_the_modifier(string before, string after) => CodeFix.Check<PartialFix>(before, after);

    [Fact]
    public Task AF0201_AF0202_all() => CodeFix.CheckAll<PartialFix>(
        ["public class Host { [Agent] class A { [Action] void B() { } } [Agent] class C { [Action] void B() { } } }", "[Agent] class D { [Action] void B() { } }"],
        ["public partial class Host { [Agent] partial class A { [Action] void B() { } } [Agent] partial class C { [Action] void B() { } } }", "[Agent] partial class D { [Action] void B() { } }"]);

    [Theory]
    [InlineData("[Action] Task A() => Task.Delay(1);", "[Action] Task A(CancellationToken ct) => Task.Delay(1, ct);")]
    [InlineData("[Action] Task A([Input] int ct) => Task.Delay(ct);", "[Action] Task A([Input] int ct, CancellationToken cancellationToken) => Task.Delay(ct, cancellationToken);")]
    [InlineData("[Action] Task A([Input] int time = 3) => Task.Delay(time);", "[Action] Task A([Input] int time = 3, CancellationToken ct = default) => Task.Delay(time, ct);")]
    [InlineData(
        "[Action] async Task A() { await Save(); await Save(2); await Save(1, \"\"); }",
        "[Action] async Task A(CancellationToken ct) { await Save(ct: ct); await Save(2, ct: ct); await Save(1, \"\", ct); }")]
    [InlineData("[Action] async Task A() => await Wrap(Task.Delay(1));", "[Action] async Task A(CancellationToken ct) => await Wrap(Task.Delay(1, ct), ct);")]
    public Task AF0206_the_token(string before, string after) => CodeFix.Check<TokenFix>(Calls(before), Calls(after));

    [Fact]
    public Task AF0206_all() => CodeFix.CheckAll<TokenFix>(
        [Calls("[Action] Task A() => Task.Delay(1); [Action] Task B() => Save(1, \"\");")],
        [Calls("[Action] Task A(CancellationToken ct) => Task.Delay(1, ct); [Action] Task B(CancellationToken ct) => Save(1, \"\", ct);")]);

    [Fact]
    public async Task AF0206_is_not_mended_in_an_override() => Assert.Empty(await CodeFix.Titles<TokenFix>("""
        public abstract class Lender { [Action] protected abstract Task A(); }
        [Agent] public partial class Borrower : Lender { protected override Task A() => Task.Delay(1); }
        """));

    [Fact]
    public Task AF0206_imports_the_token() => CodeFix.Check<TokenFix>(
        "#nullable enable\n[Agent] public partial class D { [Action] Task A() => Task.Delay(1); }",
        "#nullable enable\n[Agent] public partial class D { [Action] Task A(CancellationToken ct) => Task.Delay(1, ct); }");

    [Fact]
    public Task AF0301_the_duration() => CodeFix.Check<DurationFix>(
        "[Agent] public partial class A { [Action, Timeout(\"30s\")] void B(CancellationToken ct) { } }",
        "[Agent] public partial class A { [Action, Timeout(\"00:00:30\")] void B(CancellationToken ct) { } }");

    [Fact]
    public Task AF0301_all() => CodeFix.CheckAll<DurationFix>(
        ["[Agent] public partial class A { [Action, Retry(3, Delay = \"1s\", MaxDelay = \"5m\"), Delay(\"500ms\")] void B() { } }"],
        ["[Agent] public partial class A { [Action, Retry(3, Delay = \"00:00:01\", MaxDelay = \"00:05:00\"), Delay(\"00:00:00.500\")] void B() { } }"]);

    [Theory]
    [InlineData("Agent", "Agent(MaxIterations = 10)")]
    [InlineData("Agent(Name = \"x\")", "Agent(Name = \"x\", MaxIterations = 10)")]
    public Task AF0501_a_bound(string before, string after) => CodeFix.Check<LoopBoundFix>(Loop(before), Loop(after));

    [Fact]
    public Task AF0501_all() => CodeFix.CheckAll<LoopBoundFix>(
        [Loop("Agent") + Loop("Agent").Replace("Loop", "Other", StringComparison.Ordinal)],
        [Loop("Agent(MaxIterations = 10)") + Loop("Agent(MaxIterations = 10)").Replace("Loop", "Other", StringComparison.Ordinal)]);

    private static string Loop(string agent) => $"[{agent}] public partial class Loop {{ [Action] Article Read() => throw null!; [Until] bool Done(Article article) => true; }}\n";

    private static string Calls(string action) => "[Agent] public partial class D { " + action
        + " Task Save(int count = 0, string text = \"\", CancellationToken ct = default) => Task.CompletedTask; Task Wrap(Task task, CancellationToken ct = default) => task; }";
}
