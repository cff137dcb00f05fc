using System.Globalization;

namespace AgentFlow.Tests.Sessions;

/// <summary>What is open when a snapshot could be written, and sessions that rest before they have grown.</summary>
public sealed class SnapshotTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Intents_timers_and_elements_survive_every_crash_around_a_snapshot()
    {
        var report = await Simulate.Agent(new Bulky(), 3).Limit(orders: 12, ordersWithCrashes: 2).ExploreAsync(Ct);
        Assert.StartsWith("Completed", report.Result, StringComparison.Ordinal);
        Assert.True(report.Crashes >= 30, report.ToString());
    }

    [Fact]
    public async Task A_loop_with_timers_and_elements_has_snapshots()
    {
        var clock = new ManualTimeProvider();
        await using var store = new MemorySessionStore(clock);

        // Longer than the clock is moved at once: a lease that seems to have run out costs the session its worker.
        await using var runtime = new AgentRuntime(store, new() { Run = new() { TimeProvider = clock }, Lease = TimeSpan.FromDays(1) });
        var session = await runtime.StartAsync(new Bulky(), 3, new() { Id = "b" }, Ct);
        var result = session.Result;
        while (!result.IsCompleted)
        {
            await Task.WhenAny(result, clock.WhenArmed());
            clock.Advance(TimeSpan.FromMinutes(1));
            await Task.Delay(1, Ct); // The runtime's loop runs on a thread of its own, and must not be outrun.
        }

        var info = (await store.FindAsync("b", Ct))!;
        var snapshot = (await store.FindSnapshotAsync("b", long.MaxValue, Ct))!;
        Assert.InRange(snapshot.Sequence, info.Sequence / 2, info.Sequence);
    }

    [Fact]
    public async Task A_session_that_rests_after_every_few_steps_has_snapshots_too()
    {
        await using var store = new MemorySessionStore();
        var agent = new Daily();
        for (var day = 0; day < 100; day++)
        {
            // Another process every day.
            await using var runtime = new AgentRuntime(store, new() { PollInterval = TimeSpan.FromDays(1) });
            var session = await runtime.StartOrResumeAsync(agent, 1, new() { Id = "d" }, Ct);
            Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct));
            await session.NextAsync(day < 99, cancellationToken: Ct);
            await session.ResumeAsync(Ct);
            if (day == 99)
            {
                Assert.Equal(100, await session.Result.WaitAsync(Patience, Ct));
            }
            else
            {
                Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct));
            }
        }

        var info = (await store.FindAsync("d", Ct))!;
        var snapshot = await store.FindSnapshotAsync("d", long.MaxValue, Ct);
        Assert.InRange(info.Sequence - snapshot!.Sequence, 0, info.Sequence / 3);
    }

    [Fact]
    public async Task A_session_that_is_only_woken_has_snapshots_too()
    {
        await using var store = new MemorySessionStore();
        var agent = new Daily();
        for (var time = 0; time < 300; time++)
        {
            await using var runtime = new AgentRuntime(store, new() { PollInterval = TimeSpan.FromDays(1) });
            var session = await runtime.StartOrResumeAsync(agent, 1, new() { Id = "d" }, Ct);
            Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct));
        }

        var info = (await store.FindAsync("d", Ct))!;
        var snapshot = await store.FindSnapshotAsync("d", long.MaxValue, Ct);
        Assert.InRange(info.Sequence - snapshot!.Sequence, 0, info.Sequence / 3);
        await using var last = new AgentRuntime(store);
        var resumed = await last.ResumeAsync(agent, "d", Ct);
        await resumed.NextAsync(false, cancellationToken: Ct);
        Assert.Equal(1, await resumed.Result.WaitAsync(Patience, Ct));
    }
}

/// <summary>Loops with an intent, a timer and elements open while an output comes that is large enough for a snapshot.</summary>
[Agent(MaxIterations = 4)]
public sealed partial class Bulky
{
    [Action]
    private static string Fill([Input] int rounds, [Previous(nameof(Fill))] string? before) => ((before?.Length ?? 9_000) + 1).ToString(CultureInfo.InvariantCulture).PadRight((before?.Length ?? 9_000) + 1, '.');

    [Action]
    private static async Task<string> Copy(string fill)
    {
        await Task.Yield();
        return fill;
    }

    [Action(Effect = Effect.AtLeastOnce)]
    private static int[] Parts([From(nameof(Fill))] string fill) => [1, 2];

    [Action, ForEach(nameof(Parts))]
    private static async Task<int> Part([Item] int part)
    {
        await Task.Yield();
        return part * 2;
    }

    [Action, Delay("00:01:00")]
    private static int Later([From(nameof(Fill))] string fill) => fill.Length;

    [Action, Result]
    private static int Sum([From(nameof(Copy))] string copy, [From(nameof(Part))] int[] parts, [From(nameof(Later))] int later) => copy.Length + parts.Sum() - later;

    [Action]
    private static bool Check([From(nameof(Sum))] int sum, [From(nameof(Fill))] string fill, [Input] int rounds) => sum == 6 && fill.Length >= 9_000 + rounds;

    [Until]
    private static bool IsDone(bool check) => check;
}

/// <summary>Does a little every day.</summary>
[Agent(MaxIterations = 1000)]
public sealed partial class Daily
{
    [Action]
    private static int Count([Input] int step, [Previous(nameof(Count))] int? before) => (before ?? 0) + step;

    [Signal]
    private partial Task<bool> Next(int count);

    [Action, Result]
    private static int Total([From(nameof(Count))] int count, bool next) => next ? count : count;

    [Until]
    private static bool IsOver([From(nameof(Next))] bool next) => !next;
}
