using System.Text;

namespace AgentFlow.Tests.Sessions;

public sealed class OperationTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_paused_session_starts_nothing_new_and_goes_on_when_resumed()
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);
        var agent = new Stepwise();
        var session = await runtime.StartAsync(agent, 1, new() { Id = "p" }, Ct);
        var pausing = session.PauseAsync(Ct);
        agent.Let(nameof(Stepwise.First));
        await pausing;
        Assert.Equal(SessionState.Paused, (await session.GetInfoAsync(Ct)).State);
        Assert.Equal(["First"], agent.Started);

        await session.ResumeAsync(Ct);
        agent.Let(nameof(Stepwise.Second));
        Assert.Equal(3, await session.Result.WaitAsync(Patience, Ct));
    }

    [Fact]
    public async Task A_cancelled_session_undoes_what_it_did_and_stays_cancelled()
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);
        var agent = new Stepwise();
        var session = await runtime.StartAsync(agent, 1, new() { Id = "c" }, Ct);
        agent.Let(nameof(Stepwise.First));
        await agent.WhenStarted(nameof(Stepwise.Second));
        await session.CancelAsync(Ct);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => session.Result.WaitAsync(Patience, Ct));
        Assert.Equal(SessionState.Cancelled, (await session.GetInfoAsync(Ct)).State);
        Assert.Equal(["First"], agent.Undone);
        await Assert.ThrowsAsync<InvalidSessionTransitionException>(() => session.PauseAsync(Ct).AsTask());
    }

    [Fact]
    public async Task A_suspended_session_can_be_cancelled()
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);
        var session = await runtime.StartAsync(new Expense(), 1m, new() { Id = "s" }, Ct);
        await session.WaitAsync(Ct);
        await session.CancelAsync(Ct);
        Assert.Equal(SessionState.Cancelled, await session.WaitAsync(Ct));
    }

    [Fact]
    public async Task A_failed_session_is_redriven_from_what_failed()
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);
        var agent = new Fragile { Fails = true };
        var session = await runtime.StartAsync(agent, 5, new() { Id = "f" }, Ct);
        var error = await Assert.ThrowsAsync<ActionFailedException>(() => session.Result);
        Assert.Equal("Divide", error.Action);

        // Another process sees the same failure.
        await using var other = new AgentRuntime(store);
        var seen = await Assert.ThrowsAsync<ActionFailedException>(async () => await (await other.ResumeAsync(agent, "f", Ct)).Result);
        Assert.Equal("Divide", seen.Action);
        Assert.Contains("no luck", seen.Message, StringComparison.Ordinal);
        Assert.Equal(typeof(InvalidOperationException).FullName, Assert.IsType<RecordedException>(seen.InnerException).Type);

        agent.Fails = false;
        var again = await runtime.RedriveAsync(agent, "f", Ct);
        Assert.Equal(10, await again.Result.WaitAsync(Patience, Ct));
        Assert.Equal(1, agent.Prepared);
        await Assert.ThrowsAsync<InvalidSessionTransitionException>(() => runtime.RedriveAsync(agent, "f", Ct).AsTask());
    }

    [Fact]
    public async Task A_fork_goes_its_own_way_and_can_be_edited()
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);
        var agent = new Order();
        await (await runtime.StartAsync(agent, "apples", new() { Id = "o" }, Ct)).Result;

        var fork = await runtime.ForkAsync(agent, "o", new ForkOptions { Id = "fork", After = "Quote" }.Set("Quote", new Price(99, "USD")), Ct);
        Assert.Equal("apples: 6 for 99", await fork.Result);
        var original = await runtime.ResumeAsync(agent, "o", Ct);
        Assert.Equal("apples: 6 for 12", await original.Result);
        Assert.Equal("o", (await fork.GetInfoAsync(Ct)).ForkedFrom);

        await Assert.ThrowsAsync<ArgumentException>(() => runtime.ForkAsync(agent, "o", new ForkOptions { After = "Quote" }.Set("Quote", "a string"), Ct).AsTask());
        await Assert.ThrowsAsync<ArgumentException>(() => runtime.ForkAsync(agent, "o", new ForkOptions { After = "Nothing" }, Ct).AsTask());
    }

    [Fact]
    public async Task What_forks_have_found_is_merged_back()
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);
        var agent = new Expense();
        var main = await runtime.StartAsync(agent, 10m, new() { Id = "m" }, Ct);
        await main.WaitAsync(Ct);
        string[] forks = ["m1", "m2"];
        foreach (var id in forks)
        {
            var fork = await runtime.ForkAsync(agent, "m", new ForkOptions { Id = id }, Ct);
            await fork.WaitAsync(Ct);
            await fork.ApproveAsync(new Decision(id == "m2", id), cancellationToken: Ct);
            await WaitUntilAsync(async () => (await runtime.ReadOutcomesAsync(agent, id, Ct)).Any(o => o.Action == "Approve"));
            await WaitUntilAsync(fork, i => i.State == SessionState.Suspended);
        }

        await runtime.MergeAsync<Expense, decimal, string, Decision>(agent, "m", forks, "Approve", found => found.First(d => d.Approved), Ct);
        await main.AcknowledgeAsync(cancellationToken: Ct);
        Assert.Equal("paid 10", await main.Result.WaitAsync(Patience, Ct));
        var outcomes = await runtime.ReadOutcomesAsync(agent, "m", Ct);
        Assert.Equal("m2", outcomes.Single(o => o.Action == "Approve").Value.GetProperty("Reason").GetString());
    }

    [Fact]
    public async Task A_session_goes_back_to_a_checkpoint()
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);
        var agent = new Expense();
        var session = await runtime.StartAsync(agent, 10m, new() { Id = "r" }, Ct);
        await session.WaitAsync(Ct);
        await session.CheckpointAsync("before the approval", Ct);
        await session.ApproveAsync(new Decision(false, "typo"), cancellationToken: Ct);
        await WaitUntilAsync(async () => (await runtime.ReadOutcomesAsync(agent, "r", Ct)).Any(o => o.Action == "Approve"));
        await WaitUntilAsync(session, i => i.State == SessionState.Suspended);

        await runtime.RollBackAsync(agent, "r", "before the approval", Ct);
        await session.WaitAsync(Ct);
        await session.ApproveAsync(new Decision(true), cancellationToken: Ct);
        await session.AcknowledgeAsync(cancellationToken: Ct);
        Assert.Equal("paid 10", await session.Result.WaitAsync(Patience, Ct));
        await Assert.ThrowsAsync<InvalidSessionTransitionException>(() => runtime.RollBackAsync(agent, "r", "before the approval", Ct).AsTask());
    }

    [Fact]
    public async Task Chosen_actions_run_again_with_what_depends_on_them_and_the_rest_is_kept()
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);
        var agent = new Fragile { Fails = true };
        var session = await runtime.StartAsync(agent, 5, new() { Id = "x" }, Ct);
        await Assert.ThrowsAsync<ActionFailedException>(() => session.Result);
        agent.Fails = false;
        await runtime.RerunAsync(agent, "x", ["Prepare"], Ct);
        Assert.Equal(10, await session.Result.WaitAsync(Patience, Ct));
        Assert.Equal(2, agent.Prepared);
        Assert.Equal(1, agent.Read);
    }

    [Fact]
    public async Task An_effect_in_doubt_waits_for_a_person()
    {
        await using var store = new MemorySessionStore();
        var agent = new Payment();
        foreach (var (settlement, expected) in new[] { (Settlement.Completed("receipt 7"), "receipt 7"), (Settlement.Retry, "receipt 1") })
        {
            var id = expected.Replace(' ', '-');
            await using (var dying = new AgentRuntime(new DyingStore(store, "Pay"), new() { Owner = "dying", ShutdownGrace = TimeSpan.Zero }))
            {
                var first = await dying.StartAsync(agent, 3, new() { Id = id }, Ct);
                await Assert.ThrowsAsync<IOException>(() => first.Result);
            }

            await using var runtime = new AgentRuntime(store, new() { Owner = "dying" });
            var session = await runtime.ResumeAsync(agent, id, Ct);
            Assert.Equal(SessionState.Uncertain, await session.WaitAsync(Ct));
            var error = await Assert.ThrowsAsync<UncertainSessionException>(() => session.Result);
            Assert.Equal(["Pay"], error.Actions);
            await Assert.ThrowsAsync<ArgumentException>(() => runtime.SettleAsync(agent, id, "Pay", Settlement.Completed(5), Ct).AsTask());
            await runtime.SettleAsync(agent, id, "Pay", settlement, Ct);
            Assert.Equal(expected, await session.Result.WaitAsync(Patience, Ct));
        }
    }

    [Fact]
    public async Task Every_outcome_says_what_the_action_saw_who_ran_it_and_what_it_took()
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store, new() { Owner = "me" });
        var agent = new Order();
        await (await runtime.StartAsync(agent, "apples", new() { Id = "o" }, Ct)).Result;
        var describe = (await runtime.ReadOutcomesAsync(agent, "o", Ct)).Single(o => o.Action == "Describe");
        Assert.Equal("me", describe.Owner);
        Assert.Equal(1, describe.Attempts);
        Assert.True(describe.Duration >= TimeSpan.Zero);
        Assert.Equal(6, describe.Arguments["count"].GetInt32());
        Assert.Equal("EUR", describe.Arguments["price"].GetProperty("Currency").GetString());
    }

    [Fact]
    public async Task A_session_is_seen_as_it_was_at_any_place()
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);
        var agent = new Order();
        await (await runtime.StartAsync(agent, "apples", new() { Id = "o" }, Ct)).Result;
        Assert.Equal(0, (await runtime.InspectAsync(agent, "o", 2, Ct)).GetProperty("settled").GetArrayLength());
        var state = await runtime.InspectAsync(agent, "o", 3, Ct);
        Assert.Equal("apples", state.GetProperty("inputs").GetProperty("item").GetString());
        Assert.Equal(["Count"], state.GetProperty("settled").EnumerateArray().Select(a => a.GetProperty("action").GetString()));
        Assert.Equal(3, (await runtime.InspectAsync(agent, "o", cancellationToken: Ct)).GetProperty("settled").GetArrayLength());
    }

    [Fact]
    public async Task Ended_sessions_are_archived_and_retained_no_longer_than_asked()
    {
        var clock = new ManualTimeProvider();
        await using var store = new MemorySessionStore(clock);
        await using var runtime = new AgentRuntime(store, new() { Run = new() { TimeProvider = clock } });
        await (await runtime.StartAsync(new Order(), "a", new() { Id = "old" }, Ct)).Result;
        await runtime.ArchiveAsync("old", Ct);
        await Assert.ThrowsAsync<InvalidSessionTransitionException>(() => runtime.ArchiveAsync("old", Ct).AsTask());
        clock.Advance(TimeSpan.FromDays(31));
        await (await runtime.StartAsync(new Order(), "b", new() { Id = "new" }, Ct)).Result;
        Assert.Equal(1, await runtime.RetainAsync(TimeSpan.FromDays(30), Ct));
        Assert.Null(await store.FindAsync("old", Ct));
        Assert.NotNull(await store.FindAsync("new", Ct));
    }

    [Fact]
    public async Task Payloads_are_encrypted_and_keys_rotate()
    {
        await using var store = new MemorySessionStore();
        var (first, second) = (new byte[32], new byte[32]);
        second[0] = 1;
        using var old = new PayloadEncryption("k1", new Dictionary<string, byte[]> { ["k1"] = first });
        using var both = new PayloadEncryption("k2", new Dictionary<string, byte[]> { ["k1"] = first, ["k2"] = second });
        var agent = new Expense();
        await using (var runtime = new AgentRuntime(store, new() { Encryption = old }))
        {
            var session = await runtime.StartAsync(agent, 4711m, new() { Id = "e" }, Ct);
            await session.WaitAsync(Ct);
            var bytes = await store.ReadAsync("e", 0, Ct).SelectMany(r => r.Payload.ToArray().ToAsyncEnumerable()).ToArrayAsync(Ct);
            Assert.DoesNotContain("4711", Encoding.UTF8.GetString(bytes), StringComparison.Ordinal);
        }

        await using (var without = new AgentRuntime(store))
        {
            var error = await Assert.ThrowsAsync<DamagedSessionException>(() => without.ResumeAsync(agent, "e", Ct).AsTask());
            Assert.Contains("k1", error.Message, StringComparison.Ordinal);
        }

        await using var rotated = new AgentRuntime(store, new() { Encryption = both });
        var resumed = await rotated.ResumeAsync(agent, "e", Ct);
        await resumed.ApproveAsync(new Decision(true), cancellationToken: Ct);
        await resumed.AcknowledgeAsync(cancellationToken: Ct);
        Assert.Equal("paid 4711", await resumed.Result.WaitAsync(Patience, Ct));
    }

    [Fact]
    public async Task What_is_too_large_is_refused_by_name()
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store, new() { MaxPayload = 500 });
        var error = await Assert.ThrowsAsync<PayloadTooLargeException>(() => runtime.StartAsync(new Order(), new string('x', 1000), new() { Id = "big" }, Ct).AsTask());
        Assert.Contains("input", error.Message, StringComparison.Ordinal);
        Assert.Null(await store.FindAsync("big", Ct));
    }

    [Fact]
    public async Task Shutting_down_lets_actions_end_and_gives_sessions_up()
    {
        await using var store = new MemorySessionStore();
        var agent = new Stepwise();
        var runtime = new AgentRuntime(store);
        await runtime.StartAsync(agent, 1, new() { Id = "d" }, Ct);
        var stopping = runtime.DisposeAsync().AsTask();
        agent.Let(nameof(Stepwise.First));
        await stopping;
        Assert.Equal(["First"], agent.Started);
        var info = (await store.FindAsync("d", Ct))!;
        Assert.Equal((SessionState.Running, null), (info.State, info.Owner));

        await using var next = new AgentRuntime(store);
        agent.Let(nameof(Stepwise.Second));
        Assert.Equal(3, await (await next.ResumeAsync(agent, "d", Ct)).Result.WaitAsync(Patience, Ct));
        Assert.Equal(["First", "Second"], agent.Started);
    }

    [Fact]
    public async Task A_worker_that_lost_its_session_drops_it_and_the_heir_goes_on()
    {
        var clock = new ManualTimeProvider();
        await using var store = new MemorySessionStore(clock);
        var agent = new Stepwise();
        var options = new AgentRuntimeOptions { Run = new() { TimeProvider = clock }, Lease = TimeSpan.FromSeconds(30), PollInterval = TimeSpan.FromDays(1) };

        // Its time stands still, as that of a process that was stopped.
        await using var zombie = new AgentRuntime(store, options with { Owner = "zombie", Run = new() { TimeProvider = new ManualTimeProvider() } });
        var lost = await zombie.StartAsync(agent, 1, new() { Id = "z" }, Ct);
        clock.Advance(TimeSpan.FromSeconds(31));

        await using var heir = new AgentRuntime(store, options with { Owner = "heir" });
        var heirs = new Stepwise();
        heirs.Let(nameof(Stepwise.First));
        heirs.Let(nameof(Stepwise.Second));
        Assert.Equal(3, await (await heir.ResumeAsync(heirs, "z", Ct)).Result.WaitAsync(Patience, Ct));
        agent.Let(nameof(Stepwise.First));
        await WaitUntilAsync(() => zombie.LiveSessions == 0);
        Assert.Equal(["First"], agent.Started);
        Assert.Equal(3, await lost.Result.WaitAsync(Patience, Ct));
    }

    [Theory]
    [InlineData(Durability.Deferred)]
    [InlineData(Durability.Suspend)]
    public async Task Later_recording_records_all_the_same(Durability durability)
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);
        var agent = new Order();
        var session = await runtime.StartAsync(agent, "apples", new() { Id = "o", Durability = durability }, Ct);
        Assert.Equal("apples: 6 for 12", await session.Result);
        Assert.Equal(["Count", "Quote", "Describe"], (await runtime.ReadOutcomesAsync(agent, "o", Ct)).Select(o => o.Action));
    }

    private static async Task WaitUntilAsync(Session session, Func<SessionInfo, bool> condition)
    {
        while (!condition(await session.GetInfoAsync(Ct)))
        {
            await Task.Yield();
        }
    }

    private static Task WaitUntilAsync(Func<bool> condition) => WaitUntilAsync(() => Task.FromResult(condition()));

    private static async Task WaitUntilAsync(Func<Task<bool>> condition)
    {
        while (!await condition())
        {
            Ct.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}

/// <summary>Two steps that end when a test lets them.</summary>
[Agent]
public sealed partial class Stepwise
{
    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, TaskCompletionSource> _gates = new();
    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, TaskCompletionSource> _starts = new();
    private readonly System.Collections.Concurrent.ConcurrentQueue<string> _started = new();
    private readonly System.Collections.Concurrent.ConcurrentQueue<string> _undone = new();

    public IEnumerable<string> Started => _started;

    public IEnumerable<string> Undone => _undone;

    public void Let(string action) => Gate(_gates, action).TrySetResult();

    public Task WhenStarted(string action) => Gate(_starts, action).Task;

    [Action, Compensate(nameof(UndoFirst))]
    internal async Task<int> First([Input] int start, CancellationToken ct)
    {
        await PassAsync(nameof(First), ct);
        return start + 1;
    }

    private void UndoFirst(int first) => _undone.Enqueue(nameof(First));

    [Action]
    internal async Task<int> Second([From(nameof(First))] int first, CancellationToken ct)
    {
        await PassAsync(nameof(Second), ct);
        return first + 1;
    }

    private static TaskCompletionSource Gate(System.Collections.Concurrent.ConcurrentDictionary<string, TaskCompletionSource> gates, string action) =>
        gates.GetOrAdd(action, static _ => new(TaskCreationOptions.RunContinuationsAsynchronously));

    private Task PassAsync(string action, CancellationToken ct)
    {
        _started.Enqueue(action);
        Gate(_starts, action).TrySetResult();
        return Gate(_gates, action).Task.WaitAsync(ct);
    }
}

[Agent]
public sealed partial class Fragile
{
    private int _prepared;
    private int _read;

    public bool Fails { get; set; }

    public int Prepared => _prepared;

    public int Read => _read;

    [Action]
    private int Look([Input] int number)
    {
        Interlocked.Increment(ref _read);
        return number;
    }

    [Action]
    private int Prepare([Input] int number)
    {
        Interlocked.Increment(ref _prepared);
        return number * 2;
    }

    [Action, Result]
    private int Divide(int prepare, int look) => Fails ? throw new InvalidOperationException("no luck") : prepare + look - look;
}

[Agent]
public sealed partial class Payment
{
    private int _paid;

    [Action(Effect = Effect.AtMostOnce)]
    private async Task<string> Pay([Input] int amount)
    {
        await Task.Yield();
        return $"receipt {Interlocked.Increment(ref _paid) / 2}";
    }
}

/// <summary>Dies when it is to record the outcome of an action.</summary>
internal sealed class DyingStore(MemorySessionStore inner, string action) : ISessionStore
{
    private volatile bool _isDead;

    public ValueTask<SessionClaim> CreateAsync(SessionInfo session, IReadOnlyList<JournalRecord> records, string owner, TimeSpan lease, CancellationToken cancellationToken = default) => Alive().CreateAsync(session, records, owner, lease, cancellationToken);

    public ValueTask<SessionInfo> ForkAsync(SessionFork fork, CancellationToken cancellationToken = default) => Alive().ForkAsync(fork, cancellationToken);

    public ValueTask<SessionInfo?> FindAsync(string id, CancellationToken cancellationToken = default) => Alive().FindAsync(id, cancellationToken);

    public ValueTask<IReadOnlyList<SessionInfo>> ListAsync(SessionQuery query, CancellationToken cancellationToken = default) => Alive().ListAsync(query, cancellationToken);

    public ValueTask<IReadOnlyList<SessionInfo>> ListDueAsync(IReadOnlyCollection<string> agents, int limit, CancellationToken cancellationToken = default) => Alive().ListDueAsync(agents, limit, cancellationToken);

    public ValueTask<TimeSpan?> NextDueAsync(IReadOnlyCollection<string> agents, CancellationToken cancellationToken = default) => Alive().NextDueAsync(agents, cancellationToken);

    public ValueTask<SessionClaim?> ClaimAsync(string id, string owner, TimeSpan lease, CancellationToken cancellationToken = default) => Alive().ClaimAsync(id, owner, lease, cancellationToken);

    public ValueTask RenewAsync(SessionClaim claim, TimeSpan lease, CancellationToken cancellationToken = default) => Alive().RenewAsync(claim, lease, cancellationToken);

    public ValueTask ReleaseAsync(SessionClaim claim, CancellationToken cancellationToken = default) => Alive().ReleaseAsync(claim, cancellationToken);

    public ValueTask<DateTimeOffset> AppendAsync(SessionAppend append, CancellationToken cancellationToken = default)
    {
        _isDead |= append.Records.Any(r => r.Kind == JournalKind.Completed && r.Action == action);
        return Alive().AppendAsync(append, cancellationToken);
    }

    public IAsyncEnumerable<JournalRecord> ReadAsync(string id, long after, CancellationToken cancellationToken = default) => Alive().ReadAsync(id, after, cancellationToken);

    public ValueTask<SessionSnapshot?> FindSnapshotAsync(string id, long upTo, CancellationToken cancellationToken = default) => Alive().FindSnapshotAsync(id, upTo, cancellationToken);

    public ValueTask<bool> SignalAsync(SignalRecord signal, CancellationToken cancellationToken = default) => Alive().SignalAsync(signal, cancellationToken);

    public ValueTask<IReadOnlyList<SignalRecord>> ReadSignalsAsync(string id, CancellationToken cancellationToken = default) => Alive().ReadSignalsAsync(id, cancellationToken);

    public ValueTask DeleteAsync(string id, CancellationToken cancellationToken = default) => Alive().DeleteAsync(id, cancellationToken);

    public ValueTask<bool> TryDeleteAsync(SessionInfo seen, CancellationToken cancellationToken = default) => Alive().TryDeleteAsync(seen, cancellationToken);

    public ValueTask DisposeAsync() => default;

    private MemorySessionStore Alive() => _isDead ? throw new IOException("The store is dead.") : inner;
}
