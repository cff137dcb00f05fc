namespace AgentFlow.Tests.Regressions;

/// <summary>An exception in a task that nobody awaited left a session live for ever, its lease renewed, and the runtime never ended.</summary>
public sealed class LostExceptionsEndSessionsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact(Timeout = 300_000)]
    public async Task A_predicate_that_throws_a_message_of_three_mebibytes_fails_its_session()
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);
        var session = await runtime.StartAsync(new ThrowsMuch(), 1, cancellationToken: Ct);
        var error = await Assert.ThrowsAnyAsync<Exception>(() => session.Result.WaitAsync(Patience, Ct));
        Assert.IsNotType<TimeoutException>(error);
        Assert.Equal(SessionState.Failed, (await session.GetInfoAsync(Ct)).State);
        await runtime.DisposeAsync().AsTask().WaitAsync(Patience, Ct);
    }

    [Fact(Timeout = 300_000)]
    public async Task A_signal_may_time_out_after_the_last_moment_there_is()
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store, new() { PollInterval = TimeSpan.FromMilliseconds(10) });
        var session = await runtime.StartAsync(new WaitsForEver(), 1, cancellationToken: Ct);
        Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct));
        await session.AnswerAsync(7, cancellationToken: Ct);
        Assert.Equal(8, await session.Result.WaitAsync(Patience, Ct));
    }
}

[Agent(MaxIterations = 3)]
public sealed partial class ThrowsMuch
{
    [Action]
    private static int Count([Input] int one, [Previous(nameof(Count))] int? before) => (before ?? 0) + one;

    [Until]
    private static bool Done(int count) => throw new InvalidOperationException(new string('x', 3 << 20));
}

[Agent]
public sealed partial class WaitsForEver
{
    [Signal(Timeout = "3000000.00:00:00")]
    private partial Task<int> Answer([Input] int one);

    [Action]
    private static int Sum([Input] int one, [From(nameof(Answer))] int answer) => one + answer;
}
