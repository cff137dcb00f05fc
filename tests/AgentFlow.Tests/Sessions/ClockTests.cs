namespace AgentFlow.Tests.Sessions;

public sealed class ClockTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task Setting_the_time_of_day_makes_no_timer_early_late_or_double(int days)
    {
        var clock = new ManualTimeProvider();
        await using var store = new MemorySessionStore(clock);
        await using var runtime = new AgentRuntime(store, new() { Run = new() { TimeProvider = clock } });
        var session = await runtime.StartAsync(new Reminder(), "tea", new() { Id = "r" }, Ct);
        Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct));

        clock.SetWallClock(TimeSpan.FromDays(days));
        clock.Advance(TimeSpan.FromHours(7));
        Assert.Equal(SessionState.Suspended, (await session.GetInfoAsync(Ct)).State);
        Assert.Empty(await store.ListDueAsync(["Reminder"], 1, Ct));

        var result = session.Result;
        var passed = TimeSpan.FromHours(7);
        while (!result.IsCompleted && passed < TimeSpan.FromHours(9))
        {
            clock.Advance(TimeSpan.FromMinutes(1));
            passed += TimeSpan.FromMinutes(1);
            await Task.Delay(1, Ct); // The runtime's loop runs on a thread of its own.
        }

        Assert.Equal("reminded of tea", await result);
        Assert.True(passed >= TimeSpan.FromHours(8), $"It took {passed}.");
        Assert.Single(await runtime.ReadOutcomesAsync(new Reminder(), "r", Ct), o => o.Action == "Remind");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task Setting_the_time_of_day_takes_no_session_away(int days)
    {
        var clock = new ManualTimeProvider();
        await using var store = new MemorySessionStore(clock);
        var options = new AgentRuntimeOptions { Run = new() { TimeProvider = clock } };
        var agent = new Stepwise();
        await using var runtime = new AgentRuntime(store, options with { Owner = "a" });
        await using var rival = new AgentRuntime(store, options with { Owner = "b" });
        var session = await runtime.StartAsync(agent, 1, new() { Id = "s" }, Ct);
        clock.SetWallClock(TimeSpan.FromDays(days));
        clock.Advance(TimeSpan.FromSeconds(5));
        await rival.ResumeAsync(agent, "s", Ct);
        Assert.Equal("a", (await session.GetInfoAsync(Ct)).Owner);
        agent.Let(nameof(Stepwise.First));
        agent.Let(nameof(Stepwise.Second));
        Assert.Equal(3, await session.Result.WaitAsync(TimeSpan.FromSeconds(10), Ct));
        Assert.Equal(["First", "Second"], agent.Started);
    }
}
