using System.Text.Json;

namespace AgentFlow.Tests.Regressions;

/// <summary>
/// A run that goes on without what has failed (<c>OnFailure = Continue</c>, <c>[Optional]</c>, <c>AllowPartialFailure</c>, a plan's
/// <c>fail_fast: false</c>) returned its result, and the failures
/// were nowhere that a caller looks.
/// </summary>
public sealed class FailuresVanishedTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory(Timeout = 300_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_run_reports_them_with_its_result(bool isPending)
    {
        var report = await new Continues().TryRunAsync((isPending, 3), cancellationToken: Ct);
        Assert.True(report.Succeeded);
        Assert.Null(report.Error);
        Assert.Equal("1 of 3, lost 0, 2", report.Result);
        Assert.Equal(["Broken", "Nice", "Each 0", "Each 2"], Names(report.Failures).Order(StringComparer.Ordinal).OrderBy(static name => name.StartsWith("Each", StringComparison.Ordinal)));
        Assert.All(report.Failures, static failure => Assert.IsType<FormatException>(failure.InnerException));
        Assert.Contains("for element 2", report.Failures.Single(static failure => failure.Item == 2).Message, StringComparison.Ordinal);

        // The run is used again, and has none of them.
        var clean = await new Continues().TryRunAsync((isPending, 0), cancellationToken: Ct);
        Assert.Equal("0 of 0, lost ", clean.Result);
        Assert.Equal(["Broken", "Nice"], Names(clean.Failures).Order(StringComparer.Ordinal));
    }

    [Fact(Timeout = 300_000)]
    public async Task A_run_that_fails_reports_its_error_and_one_that_is_cancelled_throws()
    {
        var report = await new FailsWhole().TryRunAsync(1, cancellationToken: Ct);
        Assert.False(report.Succeeded);
        Assert.Equal("Only", Assert.IsType<ActionFailedException>(report.Error).Action);
        Assert.Equal(["Only"], Names(report.Failures));
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new FailsWhole().TryRunAsync(1, cancellationToken: cancelled.Token).AsTask());
    }

    [Fact(Timeout = 300_000)]
    public async Task A_session_tells_them_after_a_resumption_in_another_process_too()
    {
        await using var store = new MemorySessionStore();
        await using (var first = new AgentRuntime(store))
        {
            var session = await first.StartAsync(new ContinuesLater(), 3, new() { Id = "c" }, Ct);
            Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct));
        }

        await using var runtime = new AgentRuntime(store);
        var resumed = await runtime.ResumeAsync(new ContinuesLater(), "c", Ct);
        await resumed.AnswerAsync(true, cancellationToken: Ct);
        Assert.Equal("1 of 3, lost 0, 2", await resumed.Result.WaitAsync(Patience, Ct));
        var failures = await resumed.GetFailuresAsync(Ct);
        Assert.Equal(["Broken", "Each 0", "Each 2"], Names(failures).Order(StringComparer.Ordinal));
        Assert.All(failures, static failure => Assert.Equal("System.FormatException", Assert.IsType<RecordedException>(failure.InnerException).Type));
        Assert.Contains("failed", (await resumed.ExportAsync(isFull: true, Ct)).GetProperty("metadata").GetProperty("last_error").GetString(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 300_000)]
    public async Task A_loop_tells_those_of_its_last_iteration_and_its_snapshots_keep_them()
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);
        var session = await runtime.StartAsync(new LoopsWithFailures(), new string('x', 3000), new() { Id = "l" }, Ct);
        for (var i = 0; i < 12; i++)
        {
            Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct));
            Assert.Equal(["Each 1"], Names(await session.GetFailuresAsync(Ct)));
            await session.AnswerAsync(i == 11, cancellationToken: Ct);
        }

        Assert.Equal(1, await session.Result.WaitAsync(Patience, Ct));
        Assert.NotNull(await store.FindSnapshotAsync("l", long.MaxValue, Ct));
        Assert.Equal(["Each 1"], Names(await session.GetFailuresAsync(Ct)));
    }

    [Fact(Timeout = 300_000)]
    public async Task An_optional_failure_of_an_earlier_iteration_is_not_the_runs_after_a_snapshot()
    {
        const int Days = 8;
        await using var store = new MemorySessionStore();
        for (var day = 1; day <= Days; day++)
        {
            await using var runtime = new AgentRuntime(store, new() { PollInterval = TimeSpan.FromDays(1) });
            var session = await runtime.StartOrResumeAsync(new LoopsWithOptional(), 1, new() { Id = "o" }, Ct);
            Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct));
            await session.AnswerAsync(day == Days, cancellationToken: Ct);
            await session.WaitAsync(Ct);
        }

        Assert.NotNull(await store.FindSnapshotAsync("o", long.MaxValue, Ct));
        Assert.Equal(SessionState.Completed, (await store.FindAsync("o", Ct))!.State);
    }

    [Fact(Timeout = 300_000)]
    public async Task A_plan_reports_them()
    {
        var catalog = new PlanCatalog()
            .AddTool("one", static (_, _, _) => new(JsonSerializer.SerializeToElement(1)))
            .AddTool("broken", static (_, _, _) => throw new FormatException("It is broken."));
        var plan = Plan.Parse("""{ "fail_fast": false, "actions": [ { "name": "a", "target": "broken" }, { "name": "b", "target": "one" } ], "result": "b" }""", catalog);
        var report = await new PlanAgent(plan).TryRunAsync(cancellationToken: Ct);
        Assert.True(report.Succeeded);
        Assert.Equal(1, report.Result.GetInt32());
        Assert.Equal([new PlanFailure("a", "It is broken.")], report.Failures);

        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);
        var session = await runtime.StartAsync(new RunsPlan(plan), default, cancellationToken: Ct);
        Assert.Equal("a: It is broken.", await session.Result.WaitAsync(Patience, Ct));
    }

    internal static IEnumerable<string> Names(IEnumerable<ActionFailedException> failures) => failures.Select(static failure => failure.Item is { } item ? $"{failure.Action} {item}" : failure.Action);
}

[Agent(OnFailure = FailurePolicy.Continue)]
public sealed partial class Continues
{
    [Action]
    private static async Task Broken([Input] bool isPending)
    {
        if (isPending)
        {
            await Task.Yield();
        }

        throw new FormatException();
    }

    [Action, Optional]
    private static int? Nice() => throw new FormatException();

    [Action]
    private static int[] Numbers([Input] int count) => [.. Enumerable.Range(0, count)];

    [Action, ForEach(nameof(Numbers), AllowPartialFailure = true)]
    private static int Each([Item] int number) => number % 2 == 1 ? number : throw new FormatException();

    [Action, Result]
    private static string Sum([From(nameof(Numbers))] int[] numbers, [From(nameof(Each))] int[] each, [From(nameof(Nice))] int? nice, ActionContext context) =>
        $"{each.Length} of {numbers.Length}, lost {string.Join(", ", context.FailuresOf(nameof(Each)).Select(static failure => failure.Item))}{nice}";
}

[Agent]
public sealed partial class FailsWhole
{
    [Action]
    private static int Only([Input] int one) => throw new FormatException($"{one}");
}

[Agent(OnFailure = FailurePolicy.Continue)]
public sealed partial class ContinuesLater
{
    [Action]
    private static void Broken() => throw new FormatException("It is broken.");

    [Action]
    private static int[] Numbers([Input] int count) => [.. Enumerable.Range(0, count)];

    [Action, ForEach(nameof(Numbers), AllowPartialFailure = true)]
    private static int Each([Item] int number) => number % 2 == 1 ? number : throw new FormatException("It is even.");

    [Signal]
    private partial Task<bool> Answer([From(nameof(Each))] int[] each);

    [Action, Result]
    private static string Sum([From(nameof(Numbers))] int[] numbers, [From(nameof(Each))] int[] each, [From(nameof(Answer))] bool answer, ActionContext context) =>
        $"{each.Length} of {numbers.Length}, lost {string.Join(", ", context.FailuresOf(nameof(Each)).Select(static failure => failure.Item))}";
}

[Agent(MaxIterations = 20)]
public sealed partial class LoopsWithFailures
{
    [Action]
    private static int[] Numbers([Input] string text) => [text.Length - 2999, 0];

    [Action, ForEach(nameof(Numbers), AllowPartialFailure = true)]
    private static int Each([Item] int number) => number == 1 ? number : throw new FormatException("It is even.");

    [Signal]
    private partial Task<bool> Answer([From(nameof(Each))] int[] each);

    [Action, Result]
    private static int Count([From(nameof(Each))] int[] each, [From(nameof(Answer))] bool answer, ActionContext context) => context.FailuresOf(nameof(Each)).Count;

    [Until]
    private static bool IsDone([From(nameof(Answer))] bool answer) => answer;
}

[Agent(MaxIterations = 20)]
public sealed partial class LoopsWithOptional
{
    [Action]
    private static string Write([Input] int _) => new('x', 4096);

    [Action, Optional, DependsOn(nameof(Write))]
    private static void Try() => throw new FormatException();

    [Signal]
    private partial Task<bool> Answer(string write);

    [Until]
    private static bool IsDone([From(nameof(Answer))] bool answer) => answer;
}

[Agent]
public sealed partial class RunsPlan(Plan plan)
{
    [Action]
    private async Task<string> Run(ActionContext context, CancellationToken ct)
    {
        var report = await context.RunPlanAsync(plan, default, ct);
        return string.Join("; ", report.Failures.Select(static failure => $"{failure.Action}: {failure.Message}"));
    }
}
