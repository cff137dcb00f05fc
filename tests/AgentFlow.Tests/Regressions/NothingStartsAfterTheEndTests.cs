using System.Collections.Concurrent;

namespace AgentFlow.Tests.Regressions;

/// <summary>
/// An action whose delay had just ended was started whatever the session was doing: after its failure, beside one that runs alone, beyond the limit of
/// parallel actions, without the intent of one that happens at most once.
/// </summary>
public sealed class NothingStartsAfterTheEndTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact(Timeout = 300_000)]
    public async Task A_delay_that_ends_as_its_session_fails_starts_nothing()
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store, new() { PollInterval = TimeSpan.FromMilliseconds(5) });
        var sessions = new List<(DelayedBesideFailure Agent, Session<DelayedBesideFailure, int> Session)>();
        for (var i = 0; i < 400; i++)
        {
            var agent = new DelayedBesideFailure();
            sessions.Add((agent, await runtime.StartAsync(agent, i % 7, cancellationToken: Ct)));
        }

        foreach (var (agent, session) in sessions)
        {
            await Assert.ThrowsAnyAsync<Exception>(() => session.Result.WaitAsync(Patience, Ct));
            agent.HasEnded = true;
        }

        Assert.All(sessions, static s => Assert.False(s.Agent.StartedAfterEnd));
    }

    [Fact(Timeout = 300_000)]
    public async Task Delayed_actions_keep_the_limit_and_those_that_run_alone()
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);
        for (var i = 0; i < 20; i++)
        {
            var agent = new DelayedInTurn();
            var session = await runtime.StartAsync(agent, 1, cancellationToken: Ct);
            Assert.Equal(4, await session.Result.WaitAsync(Patience, Ct));
            Assert.Equal(1, agent.Most);
        }
    }

    [Fact(Timeout = 300_000)]
    public async Task A_delayed_action_that_happens_at_most_once_records_its_intent()
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);
        var session = await runtime.StartAsync(new DelayedOnce(), 1, new() { Id = "once" }, Ct);
        Assert.Equal(2, await session.Result.WaitAsync(Patience, Ct));
        var kinds = new List<JournalKind>();
        await foreach (var record in store.ReadAsync("once", 0, Ct))
        {
            kinds.Add(record.Kind);
        }

        Assert.Equal(
            [JournalKind.TimerSet, JournalKind.Intended, JournalKind.Completed],
            kinds.Where(static k => k is JournalKind.TimerSet or JournalKind.Intended or JournalKind.Completed));
    }

    [Fact(Timeout = 300_000)]
    public async Task A_delayed_loser_of_a_race_holds_nobody_up()
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);
        var session = await runtime.StartAsync(new DelayedLoser(), 1, cancellationToken: Ct);
        Assert.Equal(1, await session.Result.WaitAsync(Patience, Ct));
    }
}

[Agent]
public sealed partial class DelayedBesideFailure
{
    internal volatile bool HasEnded;
    internal volatile bool StartedAfterEnd;

    [Action]
    private static async Task<int> Fail([Input] int after, CancellationToken ct)
    {
        await Task.Delay(18 + after, ct);
        throw new InvalidOperationException("as it must");
    }

    [Action, Delay("00:00:00.020")]
    private async Task<int> Later([Input] int after, CancellationToken ct)
    {
        if (HasEnded)
        {
            StartedAfterEnd = true;
        }

        await Task.Delay(5, ct);
        return after;
    }

    [Action]
    private static int Sum([From(nameof(Fail))] int fail, [From(nameof(Later))] int later) => fail + later;
}

[Agent(MaxParallel = 1)]
public sealed partial class DelayedInTurn
{
    private int _running;
    private int _most;

    internal int Most => _most;

    [Action, Delay("00:00:00.010")]
    private Task<int> A([Input] int one) => WorkAsync(one);

    [Action, Delay("00:00:00.010")]
    private Task<int> B([Input] int one) => WorkAsync(one);

    [Action(Mode = ActionMode.Sync), Delay("00:00:00.010")]
    private Task<int> C([Input] int one) => WorkAsync(one);

    [Action]
    private Task<int> D([Input] int one) => WorkAsync(one);

    [Action]
    private static int Sum([From(nameof(A))] int a, [From(nameof(B))] int b, [From(nameof(C))] int c, [From(nameof(D))] int d) => a + b + c + d;

    private async Task<int> WorkAsync(int value)
    {
        var running = Interlocked.Increment(ref _running);
        InterlockedMax(ref _most, running);
        await Task.Delay(5);
        Interlocked.Decrement(ref _running);
        return value;
    }

    private static void InterlockedMax(ref int most, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref most)) < value && Interlocked.CompareExchange(ref most, value, seen) != seen)
        {
        }
    }
}

[Agent]
public sealed partial class DelayedOnce
{
    [Action(Effect = Effect.AtMostOnce), Delay("00:00:00.010")]
    private static int Pay([Input] int one) => one + 1;
}

[Agent]
public sealed partial class DelayedLoser
{
    [Action]
    private static async Task<int> Fast([Input] int one)
    {
        await Task.Yield();
        return one;
    }

    [Action, Delay("1.00:00:00")]
    private static int Slow([Input] int one) => one + 100;

    [Action]
    private static int First([From(nameof(Fast), nameof(Slow), Take = Take.First, CancelOthers = true)] int first) => first;
}
