using AgentFlow.Testing;

namespace AgentFlow.Tests.Regressions;

/// <summary>Times that nobody can wait for were taken where they were written, and threw when they were needed: at shutdown, at retention, in stores.</summary>
public sealed class EveryTimeIsKeptOrRefusedTests
{
    private static readonly Dictionary<string, Func<TimeSpan, Func<Task>>?> s_times = new()
    {
        // Not for users to write: what is read of a graph, a journal, an event, or a failure.
        ["ActionNode.Delay"] = null,
        ["ActionNode.Estimate"] = null,
        ["ActionNode.SignalTimeout"] = null,
        ["RecordedOutcome.Duration"] = null,
        ["TransactionTimeoutException.new(timeout)"] = null,

        // A harness of one's own says these to itself.
        ["SessionStoreHarness.PassAsync(time)"] = null,

        ["AgentBackground.StopAsync(grace)"] = static time => time == TimeSpan.Zero || time == TimeSpan.FromTicks(1)
            ? static () => Task.CompletedTask // It would stop what other tests have started.
            : Checked(AgentBackground.StopAsync(time, new ManualTimeProvider())),
        ["AgentRuntime.RetainAsync(olderThan)"] = static time => Runtime(new(), async runtime => await ThrowsNothingButAsync<ArgumentOutOfRangeException>(time < TimeSpan.Zero, () => runtime.RetainAsync(time, Ct).AsTask())),
        ["AgentRuntimeOptions.Lease"] = static time => Runtime(new() { Lease = time }, RunsAsync),
        ["AgentRuntimeOptions.PollInterval"] = static time => Runtime(new() { PollInterval = time }, RunsAsync),
        ["AgentRuntimeOptions.ShutdownGrace"] = static time => Runtime(new() { ShutdownGrace = time }, RunsAsync),
        ["AgentRuntimeOptions.TransactionTimeout"] = static time => Runtime(new() { TransactionTimeout = time }, RunsAsync),
        ["ISessionStore.CreateAsync(lease)"] = static time => () => Stores(store => StoreTimes.UseAsync(store, time, TimeSpan.FromDays(2))),
        ["ISessionStore.ClaimAsync(lease)"] = static time => () => Stores(store => StoreTimes.UseAsync(store, time, TimeSpan.FromDays(2))),
        ["ISessionStore.RenewAsync(lease)"] = static time => () => Stores(store => StoreTimes.UseAsync(store, time, TimeSpan.FromDays(2))),
        ["SessionAppend.WakeAfter"] = static time => () => Stores(store => StoreTimes.UseAsync(store, TimeSpan.FromHours(1), time)),
        ["PlanLimits.MaxDuration"] = static time =>
        {
            var limits = new PlanLimits { MaxDuration = time };
            return () =>
            {
                var catalog = new PlanCatalog().AddTool("echo", static (_, _, _) => default);
                foreach (var seconds in new[] { "1e-7", "1", "922337203685.4775", "922337203685.4776", "1e308" })
                {
                    Plan.TryParse($$"""{"actions":[{"name":"a","target":"echo","timeout":{{seconds}},"delay":{{seconds}}}]}""", catalog, out _, out _, limits);
                }

                return Task.CompletedTask;
            };
        },
        ["SessionQuery.IdleFor"] = static time =>
        {
            var query = new SessionQuery { IdleFor = time };
            return () => Stores(async store => await store.ListAsync(query, Ct));
        },
        ["RunOptions.MaxRetryAfter"] = static time =>
        {
            var options = new RunOptions { MaxRetryAfter = time };
            return async () => Assert.Equal(2, await new TriedAgain(TimeSpan.Zero).RunAsync(options, Ct));
        },
        ["RunOptions.RetryAfter"] = static time => async () =>
        {
            var run = new TriedAgain(null).RunAsync(new RunOptions { RetryAfter = _ => time }, Ct).AsTask();
            if (time > TimeSpan.FromMinutes(2))
            {
                Assert.IsType<AskedToWaitException>((await Assert.ThrowsAsync<ActionFailedException>(() => run)).InnerException);
                return;
            }

            Assert.Equal(2, await run);
        },
        ["ManualTimeProvider.Advance(by)"] = static time => Clock(clock => clock.Advance(time)),
        ["ManualTimeProvider.SetWallClock(by)"] = static time => Clock(clock => clock.SetWallClock(time)),
        ["ScriptedFault.Status(retryAfter)"] = static time =>
        {
            var fault = ScriptedFault.Status(429, time);
            return () => Task.FromResult(fault.ToString());
        },
    };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string> Times => [.. s_times.Where(static t => t.Value is not null).Select(static t => t.Key)];

    [Fact]
    public void None_is_forgotten() =>
        Assert.Equal(s_times.Keys.Order(), PublicTimes.Of(typeof(AgentRuntime).Assembly).Concat(PublicTimes.Of(typeof(ManualTimeProvider).Assembly)).Distinct().Order());

    [Theory(Timeout = 300_000), MemberData(nameof(Times))]
    public async Task It_is_kept_or_refused(string place)
    {
        foreach (var time in PublicTimes.Odd)
        {
            await PublicTimes.CheckAsync(time, s_times[place]!);
        }
    }

    [Fact(Timeout = 300_000)]
    public async Task A_timer_that_fires_late_leaves_no_time_below_nothing()
    {
        // Beyond what a timer takes: when the first timer fires, all of the span and more is over.
        var clock = new LateClock();
        await using var store = new MemorySessionStore();
        var runtime = new AgentRuntime(store, new() { ShutdownGrace = TimerLimit + TimeSpan.FromDays(1), Lease = TimeSpan.FromDays(36_500), Run = new() { TimeProvider = clock } });
        var agent = new HoldsUpShutdown();
        await runtime.StartAsync(agent, default, cancellationToken: Ct);
        await agent.Begun.Task;
        var disposal = runtime.DisposeAsync().AsTask();
        while (!disposal.IsCompleted)
        {
            clock.FireAll(TimerLimit + TimeSpan.FromDays(2));
            await Task.WhenAny(disposal, Task.Delay(5, Ct)); // What the timers set going runs on other threads.
        }

        await disposal;
        agent.End.SetResult();
    }

    private static Func<Task> Checked(Task stop) => stop.Exception?.InnerException is ArgumentException refused ? throw refused : () =>
    {
        Assert.False(stop.IsFaulted, stop.Exception?.ToString());
        return Task.CompletedTask;
    };

    private static Func<Task> Runtime(AgentRuntimeOptions options, Func<AgentRuntime, Task> use) => async () =>
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store, options);
        await use(runtime);
    };

    private static async Task RunsAsync(AgentRuntime runtime)
    {
        var session = await runtime.StartAsync(new Answering(), default, cancellationToken: Ct);
        await session.AnswerAsync("yes", cancellationToken: Ct);
        while (!session.Result.IsCompleted)
        {
            // A lease that is over at once is lost again and again.
            await Task.WhenAny(session.Result, Task.Delay(10, Ct));
            if (runtime.Options.Lease < TimeSpan.FromSeconds(1))
            {
                return;
            }
        }

        Assert.Equal("yes", await session.Result);
    }

    private static async Task ThrowsNothingButAsync<T>(bool throws, Func<Task> act)
        where T : Exception
    {
        if (throws)
        {
            await Assert.ThrowsAsync<T>(act);
            return;
        }

        await act();
    }

    private static async Task Stores(Func<ISessionStore, Task> use)
    {
        var directory = Directory.CreateTempSubdirectory("agentflow-times").FullName;
        try
        {
            await using (var files = new FileSessionStore(directory))
            {
                await use(files);
            }

            await using var memory = new MemorySessionStore();
            await use(memory);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static Func<Task> Clock(Action<ManualTimeProvider> write)
    {
        var clock = new ManualTimeProvider();
        write(clock);
        return () => Task.FromResult(clock.GetUtcNow());
    }

    private static TimeSpan TimerLimit => TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    /// <summary>Timers fire when they are told to, however late.</summary>
    private sealed class LateClock : TimeProvider
    {
        private readonly Lock _gate = new();
        private readonly List<LateTimer> _timers = [];
        private long _now = TimeSpan.TicksPerDay;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Interlocked.Read(ref _now);

        public override DateTimeOffset GetUtcNow() => new(GetTimestamp(), TimeSpan.Zero);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = new LateTimer(this, () => callback(state));
            timer.Change(dueTime, period);
            return timer;
        }

        public void FireAll(TimeSpan after)
        {
            LateTimer[] due;
            lock (_gate)
            {
                due = [.. _timers];
                _timers.Clear();
                if (due.Length > 0)
                {
                    Interlocked.Add(ref _now, after.Ticks);
                }
            }

            Array.ForEach(due, static timer => timer.Fire());
        }

        private sealed class LateTimer(LateClock clock, Action fire) : ITimer
        {
            public void Fire() => fire();

            public bool Change(TimeSpan dueTime, TimeSpan period)
            {
                lock (clock._gate)
                {
                    clock._timers.Remove(this);
                    if (dueTime >= TimeSpan.Zero)
                    {
                        clock._timers.Add(this);
                    }
                }

                return true;
            }

            public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

            public ValueTask DisposeAsync()
            {
                Dispose();
                return default;
            }
        }
    }
}

public sealed class AskedToWaitException(TimeSpan? time) : Exception, IRetryAfter
{
    public TimeSpan? RetryAfter => time;
}

[Agent]
public sealed partial class TriedAgain(TimeSpan? time)
{
    private int _attempts;

    [Action, Retry(2, Delay = "00:00:00", On = [typeof(AskedToWaitException)])]
    private int Try() => Interlocked.Increment(ref _attempts) == 1 ? throw new AskedToWaitException(time) : 2;
}

[Agent]
public sealed partial class Answering
{
    [Signal]
    private partial Task<string> Answer();

    [Action]
    private static string Tell(string answer) => answer;
}

[Agent]
public sealed partial class HoldsUpShutdown
{
    public TaskCompletionSource Begun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource End { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Action]
    private async Task<int> Go()
    {
        Begun.SetResult();
        await End.Task;
        return 1;
    }
}
