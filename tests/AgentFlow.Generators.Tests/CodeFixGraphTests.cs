using AgentFlow.CodeFixes;

namespace AgentFlow.Generators.Tests;

/// <summary>The mends of AF01xx.</summary>
public sealed class CodeFixGraphTests
{
    [Fact]
    public Task AF0101_the_nearest_name() => CodeFix.Check<UnknownNameFix>(
        Agent("""
            [Action] Article Fetch() => throw null!;
            [Action, DependsOn("Fetsh")] Report Write(Article article) => throw null!;
            """),
        Agent("""
            [Action] Article Fetch() => throw null!;
            [Action, DependsOn(nameof(Fetch))] Report Write(Article article) => throw null!;
            """));

    [Fact]
    public Task AF0101_all() => CodeFix.CheckAll<UnknownNameFix>(
        [Agent("""
            [Action] Article Fetch() => throw null!;
            [Action, DependsOn("Fetsh", "Fech")] Paper Read() => throw null!;
            [Action, When("Opn")] Report Write([From("Fetc")] Article article, Paper paper) => throw null!;
            bool Open() => true;
            """)],
        [Agent("""
            [Action] Article Fetch() => throw null!;
            [Action, DependsOn(nameof(Fetch), nameof(Fetch))] Paper Read() => throw null!;
            [Action, When(nameof(Open))] Report Write([From(nameof(Fetch))] Article article, Paper paper) => throw null!;
            bool Open() => true;
            """)]);

    [Theory]
    [InlineData("Input")]
    [InlineData("Service")]
    public Task AF0102_where_it_comes_from(string attribute) => CodeFix.Check<MissingDependencyFix>(
        Agent("[Action] Report Write(Article article, CancellationToken ct) => throw null!;"),
        Agent($"[Action] Report Write([{attribute}] Article article, CancellationToken ct) => throw null!;"),
        attribute);

    [Fact]
    public async Task AF0102_without_usings_and_among_attributes()
    {
        const string Before = """
            public interface IClock;

            [AgentFlow.Agent]
            public partial class A
            {
                [AgentFlow.Action] Report Write(
                    // The clock.
                    [System.ComponentModel.Description("x")] IClock clock) => throw null!;
            }
            """;
        await CodeFix.Check<MissingDependencyFix>(Before, Before.Replace("[System", "[Service][System", StringComparison.Ordinal), "Service");
    }

    [Fact]
    public Task AF0102_all() => CodeFix.CheckAll<MissingDependencyFix>(
        [
            Agent("[Action] Report Write(Article article, Paper paper) => throw null!;"),
            Agent("[Action] Report Write(Article article) => throw null!;", "Other"),
        ],
        [
            Agent("[Action] Report Write([Service] Article article, [Service] Paper paper) => throw null!;"),
            Agent("[Action] Report Write([Service] Article article) => throw null!;", "Other"),
        ],
        "Service");

    [Fact]
    public async Task AF0103_one_choice_each()
    {
        var before = Agent("""
            [Action] Article Wiki() => throw null!;
            [Action] Article News() => throw null!;
            [Action] Report Write(Article article) => throw null!;
            """);
        Assert.Equal(["Take it from 'Wiki'", "Take it from 'News'"], await CodeFix.Titles<AmbiguousDependencyFix>(before));
        await CodeFix.Check<AmbiguousDependencyFix>(before, before.Replace("(Article article)", "([From(nameof(News))] Article article)", StringComparison.Ordinal), "News");
    }

    [Fact]
    public async Task AF0103_all()
    {
        var before = Agent("""
            [Action] string Name() => "";
            [Action] Report Write(string text, string other) => throw null!;
            """);
        await CodeFix.CheckAll<AmbiguousDependencyFix>(
            [before],
            [before.Replace("string text, string other", "[From(nameof(Name))] string text, [From(nameof(Name))] string other", StringComparison.Ordinal)]);
    }

    [Fact]
    public async Task AF0106_an_edge_of_the_cycle()
    {
        var before = Agent("""
            [Action] Article A(Report report) => throw null!;
            [Action] Paper B([From(nameof(A))] Article article) => throw null!;
            [Action, DependsOn(nameof(B))] Report C() => throw null!;
            """);
        Assert.Equal(["Take 'C' from the previous iteration", "Take 'A' from the previous iteration"], await CodeFix.Titles<CycleFix>(before));
        await CodeFix.Check<CycleFix>(before, before.Replace("A(Report report)", "A([Previous(nameof(C))] Report? report)", StringComparison.Ordinal));
        await CodeFix.Check<CycleFix>(before, before.Replace("[From(nameof(A))] Article article", "[Previous(nameof(A))] Article? article", StringComparison.Ordinal), "Previous2");
    }

    [Fact]
    public async Task AF0106_all()
    {
        var before = Agent("""
            [Action] Article A(Report? report, [From(nameof(D))] int count = 3) => throw null!;
            [Action] Report B(Article article) => throw null!;
            [Action] int C([From(nameof(D))] int count) => throw null!;
            [Action] int D([From(nameof(C))] int count) => throw null!;
            """);
        await CodeFix.CheckAll<CycleFix>([before], [before
            .Replace("A(Report? report", "A([Previous(nameof(B))] Report? report", StringComparison.Ordinal)
            .Replace("C([From(nameof(D))] int count", "C([Previous(nameof(D))] int? count", StringComparison.Ordinal)]);
    }

    [Fact]
    public Task AF0108_the_name_that_is_taken() => CodeFix.Check<DuplicateNameFix>(
        Agent("""
            [Action] Task Fetch() => throw null!;
            [Action(Name = "fetch")] Task Other() => throw null!;
            """),
        Agent("""
            [Action] Task Fetch() => throw null!;
            [Action] Task Other() => throw null!;
            """));

    [Fact]
    public Task AF0108_all() => CodeFix.CheckAll<DuplicateNameFix>(
        [Agent("""
            [Action] Task Fetch() => throw null!;
            [Action(Name = "fetch")] Task Other() => throw null!;
            [Action(Priority = 1, Name = "Fetch")] Task Third() => throw null!;
            """)],
        [Agent("""
            [Action] Task Fetch() => throw null!;
            [Action] Task Other() => throw null!;
            [Action(Priority = 1)] Task Third() => throw null!;
            """)]);

    [Fact]
    public async Task AF0109_one_choice_each()
    {
        var before = Agent("""
            [Action] Article First() => throw null!;
            [Action, Retry(3)] Paper Second() => throw null!;
            """);
        await CodeFix.Check<ResultFix>(before, before.Replace("[Action] Article", "[Action, Result] Article", StringComparison.Ordinal));
        await CodeFix.Check<ResultFix>(before, before.Replace("Retry(3)]", "Retry(3), Result]", StringComparison.Ordinal), "Second");
    }

    [Fact]
    public Task AF0109_two_marks() => CodeFix.Check<ResultFix>(
        Agent("""
            [Action, Result] Article First() => throw null!;
            [Action]
            [Result]
            Paper Second() => throw null!;
            """),
        Agent("""
            [Action, Result] Article First() => throw null!;
            [Action]
            Paper Second() => throw null!;
            """));

    [Fact]
    public Task AF0109_all() => CodeFix.CheckAll<ResultFix>(
        [Agent("[Action] Article A() => throw null!; [Action] Paper B() => throw null!;"), Agent("[Action] Article A() => throw null!; [Action] Paper B() => throw null!;", "Other")],
        [Agent("[Action] Article A() => throw null!; [Action, Result] Paper B() => throw null!;"), Agent("[Action] Article A() => throw null!; [Action, Result] Paper B() => throw null!;", "Other")],
        "B");

    [Fact]
    public async Task AF0112_without_the_value()
    {
        var before = Agent("""
            [Action, Optional] Article Fetch() => throw null!;
            [Action] Report Write(Article article) => throw null!;
            """);
        await CodeFix.Check<SkippedDependencyFix>(before, before.Replace("(Article article", "(Article? article", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AF0112_all()
    {
        var before = Agent("""
            [Action, Optional] Article Fetch() => throw null!;
            [Action, Optional] int Count() => throw null!;
            [Action] Report Write(Article article, [From(nameof(Count))] int number) => throw null!;
            """);
        await CodeFix.CheckAll<SkippedDependencyFix>([before], [before.Replace("(Article article", "(Article? article", StringComparison.Ordinal).Replace("int number", "int? number", StringComparison.Ordinal)]);
    }

    [Theory]
    [InlineData("[Action, DependsOn(nameof(A))] Report", "[Action] Report")]
    [InlineData("[Action, DependsOn(nameof(A), nameof(D))] Report", "[Action, DependsOn(nameof(D))] Report")]
    [InlineData("[Action, DependsOn(new[] { nameof(D), nameof(A) })] Report", "[Action, DependsOn(new[] { nameof(D) })] Report")]
    [InlineData("[DependsOn(nameof(A))]\n    [Action] Report", "[Action] Report")]
    [InlineData("[Action]\n    [DependsOn(\"A\")]\n    Report", "[Action]\n    Report")]
    public async Task AF0113_the_redundant_name(string before, string after) =>
        await CodeFix.Check<RedundantOrderFix>(Ordered(before), Ordered(after));

    [Fact]
    public Task AF0113_all() => CodeFix.CheckAll<RedundantOrderFix>(
        [Ordered("[Action, DependsOn(nameof(A), nameof(B))] Report"), Ordered("[Action, DependsOn(nameof(B), nameof(D), nameof(A))] Report").Replace("class Demo", "class Other", StringComparison.Ordinal)],
        [Ordered("[Action] Report"), Ordered("[Action, DependsOn(nameof(D))] Report").Replace("class Demo", "class Other", StringComparison.Ordinal)]);

    private static string Ordered(string action) => Agent($$"""
        [Action] Article A() => throw null!;
        [Action] Paper B(Article article) => throw null!;
        [Action] Task D() => throw null!;
        {{action}} C(Paper paper) => throw null!;
        """);

    private static string Agent(string members, string name = "Demo") => $"[Agent]\npublic partial class {name}\n{{\n    {members.Replace("\n", "\n    ", StringComparison.Ordinal)}\n}}\n";
}
