using AgentFlow.Testing;

namespace AgentFlow.Tests.Regressions;

/// <summary>Times of sessions beyond the 49.7 days that timers of .NET take: nothing happens before they are over, and then it does.</summary>
public sealed class LongTimesOfSessionsTests
{
    /// <summary>Leases are looked after twelve times within each, on this clock too: in 400 days that were millions of times.</summary>
    private static readonly TimeSpan s_lease = TimeSpan.FromDays(200);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory(Timeout = 300_000), InlineData(false), InlineData(true)]
    public Task A_signal_that_nobody_gives_is_escalated(bool resumes) => Ends(new LongSignal(), resumes, static async session => Assert.Equal("escalated", await session.Result));

    [Theory(Timeout = 300_000), InlineData(false), InlineData(true)]
    public Task A_delay_is_over(bool resumes) => Ends(new LongPause(), resumes, static async session => Assert.Equal(7, await session.Result));

    [Theory(Timeout = 300_000), InlineData(false), InlineData(true)]
    public Task The_time_of_a_session_is_up(bool resumes) =>
        Ends(new LongSession(), resumes, static async session => await Assert.ThrowsAsync<TimeoutException>(() => session.Result));

    [Theory(Timeout = 300_000), InlineData(false), InlineData(true)]
    public async Task The_longest_times_never_end(bool isDelay)
    {
        var clock = new ManualTimeProvider();
        await using var store = new MemorySessionStore(clock);
        await using var runtime = new AgentRuntime(store, new() { Run = new() { TimeProvider = clock }, Lease = s_lease });
        if (isDelay)
        {
            var delayed = await runtime.StartAsync(new LongestPause(), default, new() { Id = "l" }, Ct);
            Assert.Equal(SessionState.Suspended, await delayed.WaitAsync(Ct));
            await PassAsync(clock, days: 400);
            Assert.Equal(SessionState.Suspended, (await delayed.GetInfoAsync(Ct)).State);
            return;
        }

        var session = await runtime.StartAsync(new LongestSignal(), default, new() { Id = "l" }, Ct);
        Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct));
        await PassAsync(clock, days: 400);
        Assert.Equal(SessionState.Suspended, (await session.GetInfoAsync(Ct)).State);
        await session.AnswerAsync("answered", cancellationToken: Ct);
        Assert.Equal("answered", await session.Result.WaitAsync(Patience, Ct));
    }

    private static async Task Ends<TSelf, TInput, TResult>(IDurableAgent<TSelf, TInput, TResult> agent, bool resumes, Func<Session<TSelf, TResult>, Task> assert)
        where TSelf : IDurableAgent<TSelf, TInput, TResult>
    {
        var clock = new ManualTimeProvider();
        await using var store = new MemorySessionStore(clock);
        var options = new AgentRuntimeOptions { Run = new() { TimeProvider = clock }, Lease = s_lease };
        var runtime = new AgentRuntime(store, options);
        try
        {
            var session = await runtime.StartAsync(agent, default!, new() { Id = "s" }, Ct);
            Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct));
            if (resumes)
            {
                await runtime.DisposeAsync();
                clock.Advance(TimeSpan.FromDays(30));
                runtime = new AgentRuntime(store, options);
                session = await runtime.ResumeAsync(agent, "s", Ct);
                Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct));
            }

            await PassAsync(clock, resumes ? 29 : 59);
            Assert.Equal(SessionState.Suspended, (await session.GetInfoAsync(Ct)).State);
            Assert.Empty(await store.ListDueAsync([agent.Definition.Name], 1, Ct));
            clock.Advance(TimeSpan.FromDays(1));
            while (!session.Result.IsCompleted)
            {
                clock.Advance(TimeSpan.FromMinutes(1));
                await Task.Delay(1, Ct); // The runtime's loop runs on a thread of its own.
            }

            await assert(session);
        }
        finally
        {
            await runtime.DisposeAsync();
        }
    }

    private static async Task PassAsync(ManualTimeProvider clock, int days)
    {
        for (var day = 0; day < days; day++)
        {
            clock.Advance(TimeSpan.FromDays(1));
            await Task.Yield();
        }
    }
}

[Agent]
public sealed partial class LongSignal
{
    [Signal(Timeout = "60.00:00:00"), Fallback(nameof(Escalate))]
    private partial Task<string> Answer();

    private static string Escalate() => "escalated";

    [Action]
    private static string Tell(string answer) => answer;
}

[Agent]
public sealed partial class LongPause
{
    [Action, Delay("60.00:00:00")]
    private static int Get() => 7;
}

[Agent, Timeout("60.00:00:00")]
public sealed partial class LongSession
{
    [Signal]
    private partial Task<string> Answer();

    [Action]
    private static string Tell(string answer) => answer;
}

[Agent]
public sealed partial class LongestPause
{
    [Action, Delay("10675199.02:48:05.4775807")]
    private static int Get() => 7;
}

[Agent, Timeout("10675199.02:48:05.4775807")]
public sealed partial class LongestSignal
{
    [Signal(Timeout = "10675199.02:48:05.4775807")]
    private partial Task<string> Answer();

    [Action]
    private static string Tell(string answer) => answer;
}
