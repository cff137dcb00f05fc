using System.Diagnostics;

namespace AgentFlow.Tests.Regressions;

/// <summary>
/// Timers of .NET may fire a little early. The time-out of a whole run took that for a firing meant for another run and was lost; delays ended early. Only the
/// real clock shows it.
/// </summary>
public sealed class TimesAreKeptTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact(Timeout = 300_000)]
    public Task No_timeout_of_a_run_is_lost_or_early() => NoneIsEarlyAsync(1_000, static _ => Assert.ThrowsAsync<TimeoutException>(() => new TimedOut().RunAsync(Ct).AsTask()));

    [Fact(Timeout = 300_000)]
    public Task No_timeout_of_a_stream_is_lost_or_early() => NoneIsEarlyAsync(1_000, static _ => Assert.ThrowsAsync<TimeoutException>(async () =>
    {
        await foreach (var _ in new TimedOut().StreamAsync(Ct))
        {
        }
    }));

    [Fact(Timeout = 300_000)]
    public Task No_timeout_of_a_plan_is_lost_or_early()
    {
        var catalog = new PlanCatalog().AddTool("hang", static async (_, _, ct) =>
        {
            await Task.Delay(Timeout.Infinite, ct);
            return default;
        });
        var plan = Plan.Parse("""{ "timeout": 0.03, "actions": [ { "name": "hang" } ] }""", catalog);
        return NoneIsEarlyAsync(1_000, _ => Assert.ThrowsAsync<TimeoutException>(() => new PlanAgent(plan).RunAsync(cancellationToken: Ct).AsTask()));
    }

    [Fact(Timeout = 300_000)]
    public Task No_timeout_of_an_attempt_is_lost_or_early() => NoneIsEarlyAsync(500, static _ => TimesOutAsync(() => new SlowAttempt().RunAsync(Ct)));

    [Fact(Timeout = 300_000)]
    public Task No_timeout_of_a_silent_attempt_is_lost_or_early() => NoneIsEarlyAsync(500, static _ => TimesOutAsync(() => new SilentAttempt().RunAsync(Ct)));

    [Fact(Timeout = 300_000)]
    public Task No_delay_of_a_run_ends_early() => NoneIsEarlyAsync(500, static _ => new DelayedRun().RunAsync(Ct).AsTask());

    [Fact(Timeout = 300_000)]
    public Task No_other_attempt_comes_early() => NoneIsEarlyAsync(500, static async _ =>
    {
        var agent = new FailsOnce();
        await agent.RunAsync(Ct);
        Assert.Equal(2, agent.Attempts);
    });

    [Fact(Timeout = 300_000)]
    public async Task No_timeout_of_a_session_is_lost_or_early()
    {
        await using var runtime = new AgentRuntime(new MemorySessionStore());
        var agent = new TimedOut();
        await NoneIsEarlyAsync(500, async _ =>
        {
            var session = await runtime.StartAsync(agent, default, cancellationToken: Ct);
            await Assert.ThrowsAsync<TimeoutException>(() => session.Result);
        });
    }

    [Fact(Timeout = 300_000)]
    public async Task No_delay_of_a_session_ends_early()
    {
        await using var runtime = new AgentRuntime(new MemorySessionStore());
        var agent = new DelayedRun();
        await NoneIsEarlyAsync(500, async _ => Assert.Equal(1, await (await runtime.StartAsync(agent, default, cancellationToken: Ct)).Result));
    }

    [Fact(Timeout = 300_000)]
    public async Task No_timeout_of_a_signal_is_lost_or_early()
    {
        await using var runtime = new AgentRuntime(new MemorySessionStore());
        var agent = new AsksBriefly();
        await NoneIsEarlyAsync(500, async _ => Assert.Equal("nobody answered", await (await runtime.StartAsync(agent, "?", cancellationToken: Ct)).Result));
    }

    [Fact(Timeout = 300_000)]
    public async Task The_longest_timeout_that_can_be_written_can_be_waited_for()
    {
        Assert.Equal(3, await new LongTimes().RunAsync(3, Ct));
    }

    /// <summary>Does something that takes thirty milliseconds, many times, a hundred at once.</summary>
    private static async Task NoneIsEarlyAsync(int times, Func<int, Task> act)
    {
        for (var round = 0; round < times / 100; round++)
        {
            await Task.WhenAll(Enumerable.Range(round * 100, 100).Select(async i =>
            {
                var started = Stopwatch.GetTimestamp();
                await act(i);
                var passed = Stopwatch.GetElapsedTime(started);
                Assert.True(passed >= TimeSpan.FromMilliseconds(30), $"{passed}");
            })).WaitAsync(Patience, Ct);
        }
    }

    private static async Task TimesOutAsync<T>(Func<ValueTask<T>> run)
    {
        var failure = await Assert.ThrowsAsync<ActionFailedException>(() => run().AsTask());
        Assert.IsType<TimeoutException>(failure.InnerException);
    }
}

[Agent, Timeout("00:00:00.030")]
public sealed partial class TimedOut
{
    [Action]
    private static Task Wait(CancellationToken ct) => Task.Delay(TimeSpan.FromSeconds(60), ct);
}

[Agent]
public sealed partial class DelayedRun
{
    [Action, Delay("00:00:00.030")]
    private static int Now() => 1;
}

[Agent, Timeout("49.00:00:00")]
public sealed partial class LongTimes
{
    [Action, Timeout("48.00:00:00")]
    private static async Task<int> Work([Input] int value, CancellationToken ct)
    {
        await Task.Delay(1, ct);
        return value;
    }
}

[Agent]
public sealed partial class SlowAttempt
{
    [Action, Timeout("00:00:00.030")]
    private static async Task<int> Wait(CancellationToken ct)
    {
        await Task.Delay(Timeout.Infinite, ct);
        return 1;
    }
}

[Agent]
public sealed partial class SilentAttempt
{
    [Action, Timeout(Idle = "00:00:00.030")]
    private static async Task<int> Wait(ActionContext context, CancellationToken ct)
    {
        context.Heartbeat();
        await Task.Delay(Timeout.Infinite, ct);
        return 1;
    }
}

[Agent]
public sealed partial class FailsOnce
{
    private int _attempts;

    public int Attempts => _attempts;

    [Action, Retry(2, Delay = "00:00:00.030", Jitter = false)]
    private int Try() => Interlocked.Increment(ref _attempts) > 1 ? 1 : throw new IOException();
}

[Agent]
public sealed partial class AsksBriefly
{
    [Signal(Timeout = "00:00:00.030"), Fallback(nameof(None))]
    private partial Task<string> Ask([Input] string text);

    private static string None() => "nobody answered";
}
