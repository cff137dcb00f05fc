namespace AgentFlow.Generators.Tests;

/// <summary>AF0505: agents that run themselves.</summary>
public sealed class BodyRulesRecursionTests
{
    [Theory]
    [InlineData("return await {|AF0505:RunAsync|}(depth, ct);")]
    [InlineData("return await new Solver().{|AF0505:RunAsync|}(depth, ct);")]
    [InlineData("await foreach (var step in {|AF0505:StreamAsync|}(depth, ct)) { } return new Report(\"\");")]
    [InlineData("return await context.{|AF0505:RunChildAsync|}(this, depth, ct);")]
    [InlineData("return await context.{|AF0505:RunChildAsync|}(new Solver(), depth - 1, ct);")]
    [InlineData("try { return await {|AF0505:RunAsync|}(depth, ct); } finally { }")]
    [InlineData("if (await {|AF0505:RunAsync|}(depth, ct) is null) return null!; return null!;")]
    [InlineData("return await {|AF0505:Again|}(depth, ct);")]
    [InlineData("return await {|AF0505:Twice|}(depth, ct);")]
    [InlineData("return await Helper.{|AF0505:Run|}(this, depth, ct);")]
    public Task AF0505_itself(string body) => Expect.Source(Solver(body));

    [Theory]
    [InlineData("if (depth > 0) return await RunAsync(depth - 1, ct); return null!;")]
    [InlineData("if (depth == 0) return null!; return await RunAsync(depth - 1, ct);")]
    [InlineData("return depth == 0 ? null! : await RunAsync(depth - 1, ct);")]
    [InlineData("switch (depth) { case 0: return null!; default: return await RunAsync(depth - 1, ct); }")]
    [InlineData("return depth switch { 0 => null!, _ => await RunAsync(depth - 1, ct) };")]
    [InlineData("for (var i = 0; i < depth; i++) { await RunAsync(i, ct); } return null!;")]
    [InlineData("while (depth-- > 0) { await RunAsync(depth, ct); } return null!;")]
    [InlineData("foreach (var i in new int[depth]) { await RunAsync(i, ct); } return null!;")]
    [InlineData("try { return null!; } catch (Exception) { return await RunAsync(depth, ct); }")]
    [InlineData("Report? done = null; return done ?? await RunAsync(depth - 1, ct);")]
    [InlineData("ArgumentOutOfRangeException.ThrowIfNegative(depth); return await RunAsync(depth - 1, ct);")]
    [InlineData("if (depth < 0) throw new InvalidOperationException(); return await RunAsync(depth - 1, ct);")]
    [InlineData("Func<ValueTask<Report>> later = () => RunAsync(depth, ct); return null!;")]
    [InlineData("return await new Other().RunAsync(ct);")]
    [InlineData("return await context.RunChildAsync(new Other(), default(Unit), ct);")]
    [InlineData("return depth == 0 ? null! : await context.RunChildAsync(this, depth - 1, ct);")]
    [InlineData("return await Sometimes(depth, ct);")]
    [InlineData("if (depth > 0) return await Again(depth - 1, ct); return null!;")]
    [InlineData("return await Perhaps(depth, ct);")]
    public Task AF0505_is_silent_where_something_may_end_it(string body) => Expect.Source(Solver(body));

    [Fact]
    public Task AF0505_two_agents_that_run_each_other() => Expect.Source("""
        [Agent]
        public partial class A
        {
            [Action] Task<Report> Ask(CancellationToken ct) => new B().{|AF0505:RunAsync|}(ct).AsTask();
        }

        [Agent]
        public partial class B
        {
            [Action] Article Read() => throw null!;
            [Action] Task<Report> Ask(Article article, CancellationToken ct) => new C().{|AF0505:RunAsync|}(ct).AsTask();
        }

        [Agent]
        public partial class C
        {
            [Action] Task<Report> Ask(CancellationToken ct) => new A().{|AF0505:RunAsync|}(ct).AsTask();
        }

        [Agent]
        public partial class Outside
        {
            [Action] Task<Report> Ask(CancellationToken ct) => new A().RunAsync(ct).AsTask();
        }
        """);

    [Fact]
    public Task AF0505_is_silent_where_one_of_them_may_stop() => Expect.Source("""
        [Agent]
        public partial class A
        {
            [Action] Task<Report> Ask([Input] int depth, CancellationToken ct) => new B().RunAsync(depth - 1, ct).AsTask();
        }

        [Agent]
        public partial class B
        {
            [Action] async Task<Report> Ask([Input] int depth, CancellationToken ct) => depth == 0 ? new Report("") : await new A().RunAsync(depth, ct);
        }
        """);

    [Theory]
    [InlineData("[Action, When(nameof(Open))] Task<Report?> Ask([Input] int depth, CancellationToken ct) => RunAsync(depth - 1, ct).AsTask();")]
    [InlineData("[Action, When(nameof(Open))] Article Read() => throw null!; [Action] Task<Report?> Ask(Article article, [Input] int depth, CancellationToken ct) => RunAsync(depth - 1, ct).AsTask();")]
    [InlineData("[Action, Requires(nameof(Open))] Task<Report?> Ask([Input] int depth, CancellationToken ct) => RunAsync(depth - 1, ct).AsTask();")]
    [InlineData("[Action] Article[] Read([Input] int depth) => throw null!; [Action, ForEach(nameof(Read))] async Task<Article[]> Ask([Item] Article article, [Input] int depth, CancellationToken ct) => (await RunAsync(depth - 1, ct))[0]; [Action, When(nameof(Open))] void Log() { }")]
    public Task AF0505_is_silent_about_actions_that_may_not_run(string members) => Expect.Members(members + " bool Open([Input] int depth) => depth > 0;");

    private static string Solver(string body) => $$"""
        [Agent]
        public partial class Other
        {
            [Action] Report Write() => throw null!;
        }

        [Agent]
        public partial class Solver
        {
            [Action] async Task<Report> Solve([Input] int depth, ActionContext context, CancellationToken ct) { await Task.Yield(); {{body}} }
            private ValueTask<Report> Again(int depth, CancellationToken ct) => RunAsync(depth, ct);
            private async Task<Report> Twice(int depth, CancellationToken ct) { await Task.Yield(); return await Again(depth, ct); }
            private async Task<Report> Sometimes(int depth, CancellationToken ct) => depth == 0 ? null! : await Again(depth - 1, ct);
            protected virtual ValueTask<Report> Perhaps(int depth, CancellationToken ct) => RunAsync(depth, ct);
        }

        public static class Helper
        {
            public static ValueTask<Report> Run(Solver solver, int depth, CancellationToken ct) => solver.RunAsync(depth, ct);
        }
        """;
}
