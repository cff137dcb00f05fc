namespace AgentFlow.Tests.Regressions;

/// <summary>Ends that random agents have shown to be told wrongly: a result that nobody made, a failure that was tolerated, times that never came.</summary>
public sealed class EndsAreWhatHappenedTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact(Timeout = 300_000)]
    public async Task No_result_is_made_up_at_the_limit()
    {
        await Assert.ThrowsAsync<ActionFailedException>(() => new FailsAtTheLimit().RunAsync(Ct).AsTask());
        await using var runtime = new AgentRuntime(new MemorySessionStore());
        var session = await runtime.StartAsync(new FailsAtTheLimit(), default, cancellationToken: Ct);
        await Assert.ThrowsAsync<ActionFailedException>(() => session.Result.WaitAsync(Patience, Ct));
    }

    [Fact(Timeout = 300_000)]
    public async Task A_tolerated_failure_is_not_the_end_that_a_session_is_told()
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);
        var agent = new ToleratesAndGoesOn();
        var session = await runtime.StartAsync(agent, default, new() { Id = "s" }, Ct);
        await Assert.ThrowsAnyAsync<Exception>(() => session.Result.WaitAsync(Patience, Ct));
        await using var other = new AgentRuntime(store);
        var found = await other.FindAsync(agent, "s", Ct);
        var told = await Assert.ThrowsAsync<RecordedException>(() => found!.Result.WaitAsync(Patience, Ct));
        Assert.Equal(typeof(IterationLimitException).FullName, told.Type);
    }

    [Fact(Timeout = 300_000)]
    public async Task Times_come_whatever_the_durability()
    {
        await using var runtime = new AgentRuntime(new MemorySessionStore(), new() { PollInterval = TimeSpan.FromMilliseconds(10) });
        foreach (var durability in Enum.GetValues<Durability>())
        {
            var session = await runtime.StartAsync(new WaitsTwice(), 1, new() { Durability = durability }, Ct);
            Assert.Equal(3, await session.Result.WaitAsync(Patience, Ct));
        }
    }

    [Fact(Timeout = 300_000)]
    public async Task What_was_skipped_without_a_record_has_no_previous_value_after_a_resumption()
    {
        await using var store = new MemorySessionStore();
        var agent = new LooksBack();
        await using (var runtime = new AgentRuntime(store))
        {
            var session = await runtime.StartAsync(agent, default, new() { Id = "s" }, Ct);
            Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct));
        }

        await using var next = new AgentRuntime(store);
        var resumed = await next.ResumeAsync(agent, "s", Ct);
        await resumed.GoAsync(true, cancellationToken: Ct);
        Assert.Equal("2: nothing before", await resumed.Result.WaitAsync(Patience, Ct));
    }
}

[Agent(MaxIterations = 2, OnLimit = LimitPolicy.ReturnLast, OnFailure = FailurePolicy.Continue)]
public sealed partial class FailsAtTheLimit
{
    [Action]
    private static int Count([Previous(nameof(Count))] int? before) => (before ?? 0) + 1;

    [Action, Result]
    private static int Make(int count) => throw new InvalidOperationException("no result");

    [Until]
    private static bool Done(int count) => count > 5;
}

[Agent(MaxIterations = 2, OnFailure = FailurePolicy.Continue)]
public sealed partial class ToleratesAndGoesOn
{
    [Action]
    private static int Count([Previous(nameof(Count))] int? before) => (before ?? 0) + 1;

    [Action]
    private static void Fail(int count) => throw new InvalidOperationException("tolerated");

    [Action, Result]
    private static int Make(int count) => count;

    [Until]
    private static bool Done(int count) => count > 5;
}

[Agent]
public sealed partial class WaitsTwice
{
    [Action, Delay("00:00:00.005")]
    private static int Later([Input] int one) => one + 1;

    [Signal(Timeout = "00:00:00.005"), Fallback(nameof(Nobody))]
    private partial Task<int> Answer([From(nameof(Later))] int later);

    private static int Nobody([From(nameof(Later))] int later) => later + 1;

    [Action]
    private static int End([From(nameof(Answer))] int answer) => answer;
}

[Agent(MaxIterations = 3)]
public sealed partial class LooksBack
{
    [Action]
    private static int Count([Previous(nameof(Count))] int? before) => (before ?? 0) + 1;

    private static bool Never(int count) => count < 0;

    [Action, When(nameof(Never))]
    private static int Source(int count) => count;

    // Skipped with its source, which nothing records.
    [Action]
    private static int Skipped([From(nameof(Source))] int source) => source + 1;

    private static bool IsSecond(int count) => count == 2;

    [Signal, When(nameof(IsSecond))]
    private partial Task<bool> Go(int count);

    [Action, Result]
    private static string Tell(int count, [From(nameof(Go))] bool? go, [Previous(nameof(Skipped))] int? before, [From(nameof(Skipped))] int? now) =>
        $"{count}: {(before is null ? "nothing" : $"{before}")} before";

    [Until]
    private static bool Done(int count) => count == 2;
}
