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
    public async Task No_timeout_of_a_run_is_lost_or_early()
    {
        var agent = new TimedOut();
        for (var round = 0; round < 10; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 100).Select(async _ =>
            {
                var started = Stopwatch.GetTimestamp();
                await Assert.ThrowsAsync<TimeoutException>(() => agent.RunAsync(Ct).AsTask());
                Assert.True(Stopwatch.GetElapsedTime(started) >= TimeSpan.FromMilliseconds(30));
            }));
        }
    }

    [Fact(Timeout = 300_000)]
    public async Task No_delay_of_a_run_ends_early()
    {
        var agent = new DelayedRun();
        for (var round = 0; round < 10; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 50).Select(async _ =>
            {
                var started = Stopwatch.GetTimestamp();
                await agent.RunAsync(Ct);
                Assert.True(Stopwatch.GetElapsedTime(started) >= TimeSpan.FromMilliseconds(30));
            }));
        }
    }

    [Fact(Timeout = 300_000)]
    public async Task The_longest_timeout_that_can_be_written_can_be_waited_for()
    {
        Assert.Equal(3, await new LongTimes().RunAsync(3, Ct));
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
