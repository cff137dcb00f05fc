using AgentFlow.Testing;

namespace AgentFlow.Tests.Regressions;

/// <summary>
/// Timers of .NET end at 49.7 days. Times beyond were taken where they were written, and then every call threw; some were refused that the
/// engine can wait for.
/// </summary>
public sealed class TimesLongerThanTimersTakeTests
{
    private static readonly TimeSpan s_almost = TimeSpan.FromDays(59.9);
    private static readonly TimeSpan s_rest = TimeSpan.FromDays(0.2);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact(Timeout = 300_000)]
    public Task The_timeout_of_a_run() => Ends<TimeoutException>(static options => new LongRun().RunAsync(options, Ct).AsTask());

    [Fact(Timeout = 300_000)]
    public Task The_timeout_of_an_action() => Ends<ActionFailedException>(static options => new LongAction().RunAsync(options, Ct).AsTask());

    [Fact(Timeout = 300_000)]
    public Task The_silence_of_an_action() => Ends<ActionFailedException>(static options => new LongIdle().RunAsync(options, Ct).AsTask());

    [Fact(Timeout = 300_000)]
    public async Task A_delay()
    {
        var clock = new ManualTimeProvider();
        var run = new LongDelay().RunAsync(new() { TimeProvider = clock }, Ct).AsTask();
        await PassAsync(clock, run);
        Assert.Equal(7, await run);
    }

    [Fact(Timeout = 300_000)]
    public async Task The_delay_of_a_retry()
    {
        var clock = new ManualTimeProvider();
        var agent = new LongRetry();
        var run = agent.RunAsync(new() { TimeProvider = clock }, Ct).AsTask();
        await PassAsync(clock, run);
        Assert.Equal(7, await run);
        Assert.Equal(2, agent.Attempts);
    }

    [Fact(Timeout = 300_000)]
    public async Task What_a_cache_keeps()
    {
        var clock = new ManualTimeProvider();
        var options = new RunOptions { TimeProvider = clock };
        var agent = new LongCache();
        Assert.Equal(1, await agent.RunAsync(1, options, Ct));
        clock.Advance(s_almost);
        Assert.Equal(1, await agent.RunAsync(1, options, Ct));
        clock.Advance(s_rest);
        Assert.Equal(2, await agent.RunAsync(1, options, Ct));
    }

    [Theory(Timeout = 300_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_longest_there_is(bool isSession)
    {
        var agent = new LongestTimes();
        if (!isSession)
        {
            Assert.Equal(7, await agent.RunAsync(Ct));
            return;
        }

        await using var runtime = new AgentRuntime(new MemorySessionStore(), new() { ShutdownGrace = TimeSpan.MaxValue, TransactionTimeout = TimeSpan.MaxValue });
        var session = await runtime.StartAsync(agent, default, cancellationToken: Ct);
        Assert.Equal(7, await session.Result);
    }

    [Fact]
    public void What_is_polled_by_is_refused_where_it_is_written()
    {
        Assert.Throws<ArgumentOutOfRangeException>(static () => new AgentRuntimeOptions { PollInterval = TimeSpan.FromDays(25) });
        Assert.Throws<ArgumentOutOfRangeException>(static () => new AgentRuntimeOptions { PollInterval = TimeSpan.Zero });
        Assert.Throws<ArgumentOutOfRangeException>(static () => new AgentRuntimeOptions { Lease = TimeSpan.MaxValue });
        Assert.Throws<ArgumentOutOfRangeException>(static () => new AgentRuntimeOptions { ShutdownGrace = TimeSpan.FromSeconds(-2) });
        Assert.Throws<ArgumentOutOfRangeException>(static () => new ManualTimeProvider().CreateTimer(static _ => { }, null, TimeSpan.FromDays(50), Timeout.InfiniteTimeSpan));
    }

    /// <summary>Nothing ends before sixty days, and then it does.</summary>
    private static async Task Ends<T>(Func<RunOptions, Task> start)
        where T : Exception
    {
        var clock = new ManualTimeProvider();
        var run = start(new() { TimeProvider = clock });
        await PassAsync(clock, run);
        await Assert.ThrowsAsync<T>(() => run);
    }

    private static async Task PassAsync(ManualTimeProvider clock, Task run)
    {
        await clock.WhenArmed();
        clock.Advance(TimeSpan.FromDays(49.5));
        await clock.WhenArmed();
        clock.Advance(s_almost - TimeSpan.FromDays(49.5));
        await clock.WhenArmed();
        Assert.False(run.IsCompleted);
        clock.Advance(s_rest);
    }
}

[Agent, Timeout("60.00:00:00")]
public sealed partial class LongRun
{
    [Action]
    private static Task Wait(CancellationToken ct) => Task.Delay(Timeout.Infinite, ct);
}

[Agent]
public sealed partial class LongAction
{
    [Action, Timeout("60.00:00:00")]
    private static Task Wait(CancellationToken ct) => Task.Delay(Timeout.Infinite, ct);
}

[Agent]
public sealed partial class LongIdle
{
    [Action, Timeout(Idle = "60.00:00:00")]
    private static Task Wait(ActionContext context, CancellationToken ct) => Task.Delay(Timeout.Infinite, ct);
}

[Agent]
public sealed partial class LongDelay
{
    [Action, Delay("60.00:00:00")]
    private static int Get() => 7;
}

[Agent]
public sealed partial class LongRetry
{
    private int _attempts;

    internal int Attempts => Volatile.Read(ref _attempts);

    [Action, Retry(2, Delay = "60.00:00:00", MaxDelay = "70.00:00:00", Jitter = false, On = [typeof(InvalidOperationException)])]
    private int Get() => Interlocked.Increment(ref _attempts) == 1 ? throw new InvalidOperationException() : 7;
}

[Agent]
public sealed partial class LongCache
{
    private int _calls;

    [Action, Cache("60.00:00:00")]
    private int Get([Input] int of) => Interlocked.Increment(ref _calls) + of - 1;
}

[Agent, Timeout("10675199.02:48:05.4775807")]
public sealed partial class LongestTimes
{
    [Action, Timeout("10675199.02:48:05.4775807", Idle = "10675199.02:48:05.4775807"), Retry(2, Delay = "10675199.02:48:05.4775807", MaxDelay = "10675199.02:48:05.4775807"), Cache("10675199.02:48:05.4775807")]
    private static async Task<int> Get(ActionContext context, CancellationToken ct)
    {
        await Task.Delay(1, ct);
        return 7;
    }
}
