using AgentFlow.Testing;

namespace AgentFlow.Tests.Testing;

public sealed class ManualTimeProviderTests
{
    [Fact]
    public void A_timer_with_a_period_fires_until_it_is_told_not_to()
    {
        var clock = new ManualTimeProvider();
        var start = clock.GetTimestamp();
        var fired = new List<double>();
        var timer = clock.CreateTimer(_ => fired.Add(clock.GetElapsedTime(start).TotalSeconds), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10));
        clock.Advance(TimeSpan.FromSeconds(25));
        Assert.Equal([1, 11, 21], fired);
        Assert.Equal(TimeSpan.FromSeconds(6), clock.NextTimer);

        Assert.True(timer.Change(TimeSpan.FromSeconds(2), TimeSpan.Zero));
        clock.Advance(TimeSpan.FromSeconds(25));
        Assert.Equal([1, 11, 21, 27], fired);

        Assert.True(timer.Change(TimeSpan.Zero, TimeSpan.FromSeconds(1)));
        timer.Dispose();
        clock.Advance(TimeSpan.FromSeconds(25));
        Assert.Equal(4, fired.Count);
        Assert.Null(clock.NextTimer);
    }

    [Fact]
    public async Task A_PeriodicTimer_ticks()
    {
        var clock = new ManualTimeProvider();
        using var timer = new PeriodicTimer(TimeSpan.FromMinutes(1), clock);
        for (var tick = 0; tick < 3; tick++)
        {
            var next = timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
            Assert.False(next.IsCompleted);
            clock.Advance(TimeSpan.FromMinutes(1));
            Assert.True(await next.AsTask().WaitAsync(Patience, TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public void A_period_that_no_timer_takes_is_refused()
    {
        var clock = new ManualTimeProvider();
        Assert.Throws<ArgumentOutOfRangeException>(() => clock.CreateTimer(static _ => { }, null, TimeSpan.Zero, TimeSpan.FromDays(50)));
    }
}
