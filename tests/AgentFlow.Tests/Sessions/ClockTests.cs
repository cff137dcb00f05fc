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

        // Longer than the clock is moved at once: a lease that seems to have run out costs the session its worker.
        await using var runtime = new AgentRuntime(store, new() { Lease = TimeSpan.FromHours(12), Run = new() { TimeProvider = clock } });
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

        Assert.Equal("reminded of tea", await result.WaitAsync(Patience, Ct));
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
        Assert.Equal(3, await session.Result.WaitAsync(Patience, Ct));
        Assert.Equal(["First", "Second"], agent.Started);
    }

    /// <summary>Two workers whose clocks are a day before and a day behind the store's.</summary>
    [Fact]
    public async Task Workers_whose_clocks_differ_wake_a_session_once_and_in_time_and_take_none_away()
    {
        ManualTimeProvider clock = new(), before = new(), behind = new();
        before.SetWallClock(TimeSpan.FromDays(1));
        behind.SetWallClock(TimeSpan.FromDays(-1));
        await using var store = new MemorySessionStore(clock);

        // Shorter than the clocks differ, and longer than the test takes: renewals need a thread, and time does not wait for it here.
        var lease = TimeSpan.FromHours(12);
        await using var first = new AgentRuntime(store, new() { Owner = "before", Lease = lease, Run = new() { TimeProvider = before } });
        await using var second = new AgentRuntime(store, new() { Owner = "behind", Lease = lease, Run = new() { TimeProvider = behind } });
        var (reminder, stepwise) = (new Reminder(), new Stepwise());
        var waiting = await first.StartAsync(reminder, "tea", new() { Id = "r" }, Ct);
        await second.ResumeAsync(reminder, "r", Ct);
        Assert.Equal(SessionState.Suspended, await waiting.WaitAsync(Ct));
        var working = await first.StartAsync(stepwise, 1, new() { Id = "s" }, Ct);
        await second.ResumeAsync(stepwise, "s", Ct);
        var claimed = await working.GetInfoAsync(Ct);
        Assert.Equal("before", claimed.Owner);

        var result = waiting.Result;
        var passed = TimeSpan.Zero;
        while (!result.IsCompleted && passed < TimeSpan.FromHours(9))
        {
            foreach (var each in new[] { clock, before, behind })
            {
                each.Advance(TimeSpan.FromSeconds(5));
            }

            passed += TimeSpan.FromSeconds(5);
            var asked = working.GetInfoAsync(Ct);
            await (passed < TimeSpan.FromHours(7.9) ? Task.CompletedTask : Task.Delay(1, Ct)); // The runtimes' loops run on threads of their own.
            Assert.Equal(claimed.Epoch, (await asked).Epoch);
        }

        Assert.Equal("reminded of tea", await result.WaitAsync(Patience, Ct));
        Assert.True(passed >= TimeSpan.FromHours(8), $"It took {passed}.");
        Assert.Single(await first.ReadOutcomesAsync(reminder, "r", Ct), o => o.Action == "Remind");
        stepwise.Let(nameof(Stepwise.First));
        stepwise.Let(nameof(Stepwise.Second));
        Assert.Equal(3, await working.Result.WaitAsync(Patience, Ct));
        Assert.Equal(["First", "Second"], stepwise.Started);
    }
}
