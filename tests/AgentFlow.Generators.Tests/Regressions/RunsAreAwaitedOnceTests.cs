using AgentFlow.CodeFixes;
using AgentFlow.Generators.Tests.Harness;

namespace AgentFlow.Generators.Tests.Regressions;

/// <summary>A run that nobody awaits was lost in silence, and one awaited twice was another's by then.</summary>
public sealed class RunsAreAwaitedOnceTests
{
    private const string Desk = "[Agent] public sealed partial class Desk { [Action] private static int Count([Input] string text) => text.Length; }\n";

    [Theory]
    [InlineData("static void M(Desk desk) { desk.{|AF0222:RunAsync|}(\"\"); }")]
    [InlineData("static void M(Desk desk) => desk.{|AF0222:RunAsync|}(\"\");")]
    [InlineData("static void M(Desk desk) { desk.{|AF0222:RunAsync|}(\"\").ConfigureAwait(false); }")]
    [InlineData("static void M(Desk desk) { desk.{|AF0222:RunAsync|}(\"\").AsTask(); }")]
    [InlineData("static async Task M(Desk desk) { desk.{|AF0222:RunAsync|}(\"\"); await Task.Yield(); }")]
    [InlineData("static void M(Desk desk) { Action later = () => desk.{|AF0222:RunAsync|}(\"\"); later(); }")]
    [InlineData("static void M(Desk desk) { desk.{|AF0222:StreamAsync|}(\"\"); }")]
    [InlineData("static void M(IAgent<Desk, string, int> desk) { desk.{|AF0222:RunAsync|}(\"\", RunOptions.Default, default); }")]
    [InlineData("static void M<T>(T desk) where T : IAgent<T, string, int> { desk.{|AF0222:RunAsync|}(\"\", RunOptions.Default, default); }")]
    [InlineData("static void M(ActionContext context) { context.{|AF0222:RunChildAsync|}(new Desk(), \"\", default); }")]
    [InlineData("static void M(Desk? desk) { desk?.{|AF0222:RunAsync|}(\"\"); }")]
    [InlineData("static void M(Desk? desk) { desk?.{|AF0222:RunAsync|}(\"\").AsTask(); }")]
    [InlineData("static void M(Desk desk) { var run = desk.{|AF0222:RunAsync|}(\"\"); }")]
    [InlineData("static void M(Desk desk) { desk.{|AF0222:TryRunAsync|}(\"\"); }")]
    [InlineData("static void M(Desk desk) { ValueTask<int> run; run = desk.{|AF0222:RunAsync|}(\"\"); }")]
    public Task Nobody_awaits_it(string member) => Check(member);

    [Theory]
    [InlineData("static async Task M(Desk desk) { await desk.RunAsync(\"\"); }")]
    [InlineData("static async Task M(Desk desk) { await desk.RunAsync(\"\").ConfigureAwait(false); }")]
    [InlineData("static void M(Desk desk) { _ = desk.RunAsync(\"\"); }")]
    [InlineData("static ValueTask<int> M(Desk desk) => desk.RunAsync(\"\");")]
    [InlineData("static void M(Desk desk) { desk.RunAsync(\"\").AsTask().GetAwaiter().GetResult(); }")]
    [InlineData("static void M(Desk desk) { desk.RunAsync(\"\").GetAwaiter().GetResult(); }")]
    [InlineData("static void M(Desk desk) { desk.RunAsync(\"\").AsTask().ContinueWith(static _ => { }); }")]
    [InlineData("static void M(Desk desk) { Func<ValueTask<int>> later = () => desk.RunAsync(\"\"); _ = later(); }")]
    [InlineData("static async Task M(Desk desk) { await foreach (var _ in desk.StreamAsync(\"\")) { } }")]
    [InlineData("sealed class Other { public Task RunAsync(string text) => Task.CompletedTask; } static void M(Other other) { other.RunAsync(\"\"); }")]
    public Task Somebody_does(string member) => Check(member);

    [Theory]
    [InlineData("static async Task<int> M(Desk desk) { var run = desk.RunAsync(\"\"); return await run + await {|AF0223:run|}; }")]
    [InlineData("static async Task M(Desk desk) { var run = desk.RunAsync(\"\"); await run; await {|AF0223:run|}; }")]
    [InlineData("static async Task M(Desk desk) { var run = desk.RunAsync(\"\"); await run; await {|AF0223:run|}.ConfigureAwait(false); }")]
    [InlineData("static async Task M(Desk desk) { var run = desk.RunAsync(\"\"); await Task.WhenAll(run.AsTask(), {|AF0223:run|}.AsTask()); }")]
    [InlineData("static async Task M(Desk desk) { var run = desk.RunAsync(\"\"); await run; if (desk is not null) { await {|AF0223:run|}; } }")]
    [InlineData("static async Task M(Desk desk) { var run = desk.RunAsync(\"\"); try { await run; } catch (Exception) { await {|AF0223:run|}; } }")]
    [InlineData("static async Task M(Desk desk) { var run = desk.RunAsync(\"\"); for (var i = 0; i < 3; i++) { await {|AF0223:run|}; } }")]
    [InlineData("static async Task M(Desk desk) { var run = desk.RunAsync(\"\"); if (desk is not null) { await run; } await {|AF0223:run|}; }")]
    [InlineData("static async Task M(Desk desk) { var run = desk.RunAsync(\"\"); for (var i = 0; i < desk.ToString()!.Length; i++) { await {|AF0223:run|}; } await {|AF0223:run|}; }")]
    [InlineData("static async Task M(Desk desk) { var run = desk.RunAsync(\"\"); var same = run; await run; await {|AF0223:same|}; }")]
    [InlineData("static async Task M(Desk desk) { ValueTask<int> run; run = desk.RunAsync(\"\"); await run; await {|AF0223:run|}; }")]
    [InlineData("static async Task M(Desk desk, bool isLong) { var run = isLong ? desk.RunAsync(\"\") : desk.RunAsync(\"a\"); await run; await {|AF0223:run|}; }")]
    [InlineData("static async Task M(Desk desk, int n) { var run = n switch { 0 => desk.RunAsync(\"\"), _ => new ValueTask<int>(7) }; await run; await {|AF0223:run|}; }")]
    [InlineData("static async Task M(Desk desk) { ValueTask<int> run; run = desk.RunAsync(\"\"); while (desk is not null) { await {|AF0223:run|}; } }")]
    [InlineData("static async Task M(Desk desk) { var run = desk.RunAsync(\"\"); var (same, n) = (run, 1); await run; await {|AF0223:same|}; }")]
    [InlineData("static async Task M(Desk desk) { var run = desk.RunAsync(\"\"); ValueTask<int> same; same = run; await run; await {|AF0223:same|}; }")]
    [InlineData("static async Task M(Desk desk) { var run = desk.RunAsync(\"\"); await Use(); await {|AF0223:Use()|}; async Task Use() => await run; }")]
    [InlineData("static async Task M(Desk desk) { var run = desk.RunAsync(\"\"); async Task<int> Use() { return await run; } await run; await {|AF0223:Use()|}; }")]
    public Task It_is_awaited_twice(string member) => Check(member);

    [Theory]
    [InlineData("static async Task M(Desk desk) { var run = desk.RunAsync(\"\"); if (desk is null) { await run; } else { await run; } }")]
    [InlineData("static async Task M(Desk desk) { var run = desk.RunAsync(\"\"); if (desk is null) { await run; return; } await run; }")]
    [InlineData("static async Task<int> M(Desk desk) { var run = desk.RunAsync(\"\"); return desk is null ? await run : await run + 1; }")]
    [InlineData("static async Task M(Desk desk) { var run = desk.RunAsync(\"\"); await run; run = desk.RunAsync(\"\"); await run; }")]
    [InlineData("static async Task M(Desk desk) { var run = desk.RunAsync(\"\").AsTask(); await run; await run; }")]
    [InlineData("static async Task M(Desk desk) { var run = desk.RunAsync(\"\").Preserve(); await run; await run; }")]
    [InlineData("static async Task M(Desk desk) { for (var i = 0; i < 3; i++) { var run = desk.RunAsync(\"\"); await run; } }")]
    [InlineData("static async Task M(Desk desk) { var run = desk.RunAsync(\"\"); while (true) { await run; return; } }")]
    [InlineData("static async Task M(Desk desk) { var run = desk.RunAsync(\"\"); if (run.IsCompleted) { return; } await run; }")]
    [InlineData("static int M(Desk desk) { var run = desk.RunAsync(\"\"); return run.GetAwaiter().GetResult(); }")]
    [InlineData("static async Task M(Desk desk) { var run = desk.RunAsync(\"\"); Func<Task<int>> later = async () => await run; if (desk is null) { await later(); } else { await run; } }")]
    [InlineData("static async Task M(Desk desk) { var run = desk.RunAsync(\"\"); if (desk is null) { await run; } if (desk is not null) { await run; } }")]
    [InlineData("static async Task M(Desk desk) { var run = desk.RunAsync(\"\"); switch (desk.ToString()) { case null: await run; return; } await run; }")]
    [InlineData("static void M(Desk desk) { var run = desk.RunAsync(\"\").AsTask(); }")]
    [InlineData("static async Task M(Desk desk) { var run = desk.RunAsync(\"\"); var same = run; await same; }")]
    [InlineData("static async Task M(Desk desk) { var run = desk.RunAsync(\"\"); var same = run; await run; same = desk.RunAsync(\"\"); await same; }")]
    [InlineData("static async Task M(Desk desk) { ValueTask<int> run; for (var i = 0; i < 3; i++) { run = desk.RunAsync(\"\"); await run; } }")]
    [InlineData("static async Task M(Desk desk) { ValueTask<int> run; run = desk.RunAsync(\"\"); await run; run = desk.RunAsync(\"\"); await run; }")]
    [InlineData("static async Task M(Desk desk, bool isLong) { var run = isLong ? desk.RunAsync(\"\") : default; if (isLong) { await run; } else { await run; } }")]
    [InlineData("static async Task M(Desk desk) { var run = desk.RunAsync(\"\"); var (same, n) = (run, 1); await same; }")]
    [InlineData("static async Task M(Desk desk) { var run = desk.RunAsync(\"\"); ValueTask<int> same; same = run; await same; }")]
    [InlineData("static async Task M(Desk desk) { var run = desk.RunAsync(\"\"); ValueTask<int> same; same = run; await run; same = desk.RunAsync(\"\"); await same; }")]
    [InlineData("static async Task M(Desk desk) { var run = desk.RunAsync(\"\"); if (desk is null) { await Use(); } else { await Use(); } async Task Use() => await run; }")]
    [InlineData("static async Task M(Desk desk) { var run = desk.RunAsync(\"\"); await Use(true); await Use(false); async Task Use(bool isFirst) { if (isFirst) { await run; } } }")]
    public Task Or_but_once(string member) => Check(member);

    [Fact]
    public Task The_fix_awaits_it() => CodeFix.Check<AwaitFix>(
        "public static class Play { static async Task M<T>(T desk) where T : IAgent<T, string, int> { /* now */ desk.RunAsync(\"\", RunOptions.Default, default); await Task.Yield(); } }",
        "public static class Play { static async Task M<T>(T desk) where T : IAgent<T, string, int> { /* now */ await desk.RunAsync(\"\", RunOptions.Default, default); await Task.Yield(); } }");

    private static Task<System.Collections.Immutable.ImmutableArray<Microsoft.CodeAnalysis.Diagnostic>> Check(string member) => Expect.Source(Desk + $"public static class Play {{ {member} }}");
}
