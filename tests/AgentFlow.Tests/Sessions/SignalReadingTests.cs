namespace AgentFlow.Tests.Sessions;

/// <summary>What is read of signals: each is looked at, few are read twice, and one that nobody waits for keeps no session awake.</summary>
public sealed class SignalReadingTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact(Timeout = 300_000)]
    public async Task A_loop_takes_two_thousand_waiting_signals_in_order_without_reading_them_all_each_time()
    {
        await using var store = new CountingStore();
        var agent = new Adder();
        await using (var runtime = new AgentRuntime(store))
        {
            var first = await runtime.StartAsync(agent, 2_000, new() { Id = "s" }, Ct);
            await first.WaitAsync(Ct);
            await runtime.UnregisterAsync(agent);
            for (var i = 1; i <= 2_000; i++)
            {
                await first.NextAsync(i, cancellationToken: Ct);
            }
        }

        store.Reads = 0;
        store.Read = 0;
        await using var second = new AgentRuntime(store);
        var session = await second.ResumeAsync(agent, "s", Ct);
        Assert.Equal(2_000, await session.Result);
        Assert.InRange(store.Reads, 1, 20);
        Assert.InRange(store.Read, 2_000, 20_000);
    }

    [Fact(Timeout = 300_000)]
    public async Task A_signal_that_nobody_waits_for_yet_does_not_keep_a_session_awake_that_waits_for_a_time()
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store, new() { PollInterval = TimeSpan.FromMilliseconds(10) });
        var session = await runtime.StartAsync(new Patient(), 1, new() { Id = "s" }, Ct);
        await session.WaitAsync(Ct);
        await session.AnswerAsync(7, cancellationToken: Ct);
        Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct));
        var sequence = (await session.GetInfoAsync(Ct)).Sequence;
        Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct));
        Assert.Equal(sequence, (await session.GetInfoAsync(Ct)).Sequence);
    }

    [Fact(Timeout = 300_000)]
    public async Task What_is_let_go_of_is_another_runtimes_and_finding_sets_nothing_to_work()
    {
        await using var store = new MemorySessionStore();
        var agent = new Adder();
        await using var runtime = new AgentRuntime(store, new() { PollInterval = TimeSpan.FromMilliseconds(10) });
        var session = await runtime.StartAsync(agent, 2, new() { Id = "s" }, Ct);
        await session.WaitAsync(Ct);
        await runtime.UnregisterAsync(agent);
        await session.NextAsync(1, cancellationToken: Ct);
        Assert.Null(await runtime.FindAsync(agent, "other", Ct));
        var found = (await runtime.FindAsync(agent, "s", Ct))!;
        Assert.Equal(0, runtime.LiveSessions);
        await Assert.ThrowsAsync<IncompatibleSessionException>(() => runtime.FindAsync(new Patient(), "s", Ct).AsTask());
        await using var other = new AgentRuntime(store, new() { PollInterval = TimeSpan.FromMilliseconds(10) });
        other.Register(agent);
        await found.NextAsync(2, cancellationToken: Ct);
        Assert.Equal(2, await found.Result);
        Assert.Contains(await runtime.ReadOutcomesAsync(agent, "s", Ct), outcome => outcome.Action == "Add" && outcome.Owner == other.Options.Owner);
    }

    private sealed class CountingStore : ISessionStore
    {
        private readonly MemorySessionStore _inner = new();

        public int Reads { get; set; }

        public int Read { get; set; }

        public async ValueTask<IReadOnlyList<SignalRecord>> ReadSignalsAsync(string id, CancellationToken cancellationToken = default)
        {
            var signals = await _inner.ReadSignalsAsync(id, cancellationToken);
            Reads++;
            Read += signals.Count;
            return signals;
        }

        public ValueTask<SessionClaim> CreateAsync(SessionInfo session, IReadOnlyList<JournalRecord> records, string owner, TimeSpan lease, CancellationToken cancellationToken = default) => _inner.CreateAsync(session, records, owner, lease, cancellationToken);

        public ValueTask<SessionInfo> ForkAsync(SessionFork fork, CancellationToken cancellationToken = default) => _inner.ForkAsync(fork, cancellationToken);

        public ValueTask<SessionInfo?> FindAsync(string id, CancellationToken cancellationToken = default) => _inner.FindAsync(id, cancellationToken);

        public ValueTask<IReadOnlyList<SessionInfo>> ListAsync(SessionQuery query, CancellationToken cancellationToken = default) => _inner.ListAsync(query, cancellationToken);

        public ValueTask<IReadOnlyList<SessionInfo>> ListDueAsync(IReadOnlyCollection<string> agents, int limit, CancellationToken cancellationToken = default) => _inner.ListDueAsync(agents, limit, cancellationToken);

        public ValueTask<TimeSpan?> NextDueAsync(IReadOnlyCollection<string> agents, CancellationToken cancellationToken = default) => _inner.NextDueAsync(agents, cancellationToken);

        public ValueTask<SessionClaim?> ClaimAsync(string id, string owner, TimeSpan lease, CancellationToken cancellationToken = default) => _inner.ClaimAsync(id, owner, lease, cancellationToken);

        public ValueTask RenewAsync(SessionClaim claim, TimeSpan lease, CancellationToken cancellationToken = default) => _inner.RenewAsync(claim, lease, cancellationToken);

        public ValueTask ReleaseAsync(SessionClaim claim, CancellationToken cancellationToken = default) => _inner.ReleaseAsync(claim, cancellationToken);

        public ValueTask<DateTimeOffset> AppendAsync(SessionAppend append, CancellationToken cancellationToken = default) => _inner.AppendAsync(append, cancellationToken);

        public IAsyncEnumerable<JournalRecord> ReadAsync(string id, long after, CancellationToken cancellationToken = default) => _inner.ReadAsync(id, after, cancellationToken);

        public ValueTask<SessionSnapshot?> FindSnapshotAsync(string id, long upTo, CancellationToken cancellationToken = default) => _inner.FindSnapshotAsync(id, upTo, cancellationToken);

        public ValueTask<bool> SignalAsync(SignalRecord signal, CancellationToken cancellationToken = default) => _inner.SignalAsync(signal, cancellationToken);

        public ValueTask DeleteAsync(string id, CancellationToken cancellationToken = default) => _inner.DeleteAsync(id, cancellationToken);

        public ValueTask<bool> TryDeleteAsync(SessionInfo seen, CancellationToken cancellationToken = default) => _inner.TryDeleteAsync(seen, cancellationToken);

    public ValueTask DisposeAsync() => _inner.DisposeAsync();
    }
}

/// <summary>Takes numbers, each one more than that before.</summary>
[Agent(MaxIterations = 5_000)]
public sealed partial class Adder
{
    [Signal]
    private partial Task<int> Next([Input] int upTo);

    [Action, Result]
    private static int Add([From(nameof(Next))] int number, [Previous(nameof(Add))] int? before) =>
        number == (before ?? 0) + 1 ? number : throw new InvalidOperationException($"{number} after {before}");

    [Until]
    private static bool IsDone(int add, [Input] int upTo) => add >= upTo;
}

/// <summary>Waits for a time, then for an answer.</summary>
[Agent]
public sealed partial class Patient
{
    [Action, Delay("1.00:00:00")]
    private static int Wait([Input] int start) => start;

    [Signal]
    private partial Task<int> Answer([From(nameof(Wait))] int waited);

    [Action, Result]
    private static int End(int answer) => answer;
}
