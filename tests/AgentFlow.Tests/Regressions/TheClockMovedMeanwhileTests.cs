using AgentFlow.Crash;

namespace AgentFlow.Tests.Regressions;

/// <summary>
/// If the clock moved while the runtime asked its store what is due, or if something came while a session was being woken, the runtime waited for its
/// next poll; with a clock that nobody moves any more, for ever. On a slow machine that happened to tests that move the clock once.
/// </summary>
public sealed class TheClockMovedMeanwhileTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public enum Moment
    {
        AfterTheList,
        BeforeThePause,
    }

    [Theory(Timeout = 300_000)]
    [InlineData(Moment.AfterTheList)]
    [InlineData(Moment.BeforeThePause)]
    public async Task What_becomes_due_while_the_store_is_asked_is_woken(Moment when)
    {
        var clock = new ManualTimeProvider();
        await using var store = new MovingStore(new MemorySessionStore(clock), clock) { When = when };
        await using var runtime = new AgentRuntime(store, new() { Run = new() { TimeProvider = clock }, Lease = TimeSpan.FromDays(100) });
        var session = await runtime.StartAsync(new DueTomorrow(), 7, cancellationToken: Ct);
        Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct));
        store.Moves = 1;
        runtime.Register(new DueTomorrow());
        Assert.Equal(7, await session.Result.WaitAsync(Patience, Ct));
    }

    [Fact(Timeout = 300_000)]
    public async Task One_step_of_the_clock_is_enough()
    {
        for (var i = 0; i < 300; i++)
        {
            var clock = new ManualTimeProvider();
            await using var store = new MemorySessionStore(clock);
            await using var runtime = new AgentRuntime(store, new() { Run = new() { TimeProvider = clock }, Lease = TimeSpan.FromDays(100) });
            var session = await runtime.StartAsync(new DueTomorrow(), i, cancellationToken: Ct);
            Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct));
            clock.Advance(TimeSpan.FromDays(1));
            Assert.Equal(i, await session.Result.WaitAsync(Patience, Ct));
        }
    }

    [Fact(Timeout = 300_000)]
    public async Task All_that_is_due_is_woken_however_few_at_once()
    {
        var clock = new ManualTimeProvider();
        await using var store = new MemorySessionStore(clock);
        await using var runtime = new AgentRuntime(store, new() { Run = new() { TimeProvider = clock }, Lease = TimeSpan.FromDays(100), MaxWakes = 1 });
        var sessions = new List<Session<DueTomorrow, int>>();
        for (var i = 0; i < 10; i++)
        {
            sessions.Add(await runtime.StartAsync(new DueTomorrow(), i, cancellationToken: Ct));
            Assert.Equal(SessionState.Suspended, await sessions[i].WaitAsync(Ct));
        }

        clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(Enumerable.Range(0, 10), await Task.WhenAll(sessions.Select(static s => s.Result)).WaitAsync(Patience, Ct));
    }

    [Fact(Timeout = 300_000)]
    public async Task Sessions_that_cannot_be_woken_keep_none_from_it_that_are_due_after_them()
    {
        var clock = new ManualTimeProvider();
        await using var store = new UnreadableStore(new MemorySessionStore(clock));
        await using var runtime = new AgentRuntime(store, new() { Run = new() { TimeProvider = clock }, Lease = TimeSpan.FromDays(100), MaxWakes = 1 });
        for (var i = 0; i < 3; i++)
        {
            var unreadable = await runtime.StartAsync(new DueTomorrow(), i, new() { Id = $"unreadable-{i}" }, Ct);
            Assert.Equal(SessionState.Suspended, await unreadable.WaitAsync(Ct));
        }

        clock.Advance(TimeSpan.FromSeconds(1));
        var session = await runtime.StartAsync(new DueTomorrow(), 7, cancellationToken: Ct);
        Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct));
        store.IsDamaged = true;
        clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(7, await session.Result.WaitAsync(Patience, Ct));
    }

    [Fact(Timeout = 300_000)]
    public async Task Many_moves_while_the_store_is_asked_are_as_good_as_one()
    {
        var clock = new ManualTimeProvider();
        await using var store = new MovingStore(new MemorySessionStore(clock), clock) { When = Moment.BeforeThePause, By = TimeSpan.FromHours(8) };
        await using var runtime = new AgentRuntime(store, new() { Run = new() { TimeProvider = clock }, Lease = TimeSpan.FromDays(100) });
        var session = await runtime.StartAsync(new DueTomorrow(), 7, cancellationToken: Ct);
        Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct));
        store.Moves = 3;
        runtime.Register(new DueTomorrow());
        Assert.Equal(7, await session.Result.WaitAsync(Patience, Ct));
    }

    [Fact(Timeout = 300_000)]
    public async Task What_comes_while_a_session_is_being_woken_in_vain_wakes_it_afterwards()
    {
        var clock = new ManualTimeProvider();
        await using var store = new RivalStore(new MemorySessionStore(clock));
        await using var runtime = new AgentRuntime(store, new() { Run = new() { TimeProvider = clock }, Lease = TimeSpan.FromDays(100) });
        var session = await runtime.StartAsync(new Reminds(), 1, cancellationToken: Ct);
        Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct));

        // Woken for an answer, it is found to be another's, who gives it up before that is known here.
        store.HasRival = true;
        await session.ApproveAsync(true, cancellationToken: Ct);
        await store.Refused.Task.WaitAsync(Patience, Ct);
        var listed = store.NextList();
        clock.Advance(TimeSpan.FromSeconds(1));
        await listed.WaitAsync(Patience, Ct);
        store.Go.SetResult();
        Assert.Equal("published", await session.Result.WaitAsync(Patience, Ct));
    }

    /// <summary>A store during whose answers the clock moves, so many times.</summary>
    private sealed class MovingStore(ISessionStore inner, ManualTimeProvider clock) : ForwardingStore(inner)
    {
        private int _moves;

        public Moment When { get; init; }

        public TimeSpan By { get; init; } = TimeSpan.FromDays(1);

        public int Moves
        {
            set => Volatile.Write(ref _moves, value);
        }

        public override async ValueTask<IReadOnlyList<SessionInfo>> ListDueAsync(IReadOnlyCollection<string> agents, int limit, CancellationToken cancellationToken = default)
        {
            var due = await base.ListDueAsync(agents, limit, cancellationToken);
            MoveIf(Moment.AfterTheList);
            return due;
        }

        public override async ValueTask<TimeSpan?> NextDueAsync(IReadOnlyCollection<string> agents, CancellationToken cancellationToken = default)
        {
            var due = await base.NextDueAsync(agents, cancellationToken);
            MoveIf(Moment.BeforeThePause);
            return due;
        }

        private void MoveIf(Moment when)
        {
            if (when == When && Volatile.Read(ref _moves) > 0)
            {
                Interlocked.Decrement(ref _moves);
                clock.Advance(By);
            }
        }
    }

    /// <summary>A store that refuses to give some of its sessions.</summary>
    private sealed class UnreadableStore(ISessionStore inner) : ForwardingStore(inner)
    {
        private volatile bool _isDamaged;

        public bool IsDamaged
        {
            set => _isDamaged = value;
        }

        public override ValueTask<SessionClaim?> ClaimAsync(string id, string owner, TimeSpan lease, CancellationToken cancellationToken = default) =>
            _isDamaged && id.StartsWith("unreadable", StringComparison.Ordinal)
                ? throw new InvalidOperationException("It cannot be read.")
                : base.ClaimAsync(id, owner, lease, cancellationToken);
    }

    /// <summary>A store in which another has a session when it is claimed, and gives it up before the one who claimed it hears of it.</summary>
    private sealed class RivalStore(ISessionStore inner) : ForwardingStore(inner)
    {
        private TaskCompletionSource _listed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _hasRival;

        public bool HasRival
        {
            set => Volatile.Write(ref _hasRival, value ? 1 : 0);
        }

        public TaskCompletionSource Refused { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Go { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Completes when the store has been asked once more what is due.</summary>
        public Task NextList()
        {
            var listed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Volatile.Write(ref _listed, listed);
            return listed.Task;
        }

        public override async ValueTask<SessionClaim?> ClaimAsync(string id, string owner, TimeSpan lease, CancellationToken cancellationToken = default)
        {
            if (Interlocked.Exchange(ref _hasRival, 0) == 0)
            {
                return await base.ClaimAsync(id, owner, lease, cancellationToken);
            }

            var rival = await base.ClaimAsync(id, "rival", lease, cancellationToken);
            var refused = await base.ClaimAsync(id, owner, lease, cancellationToken);
            await ReleaseAsync(rival!, cancellationToken);
            Refused.SetResult();
            await Go.Task;
            return refused;
        }

        public override async ValueTask<IReadOnlyList<SessionInfo>> ListDueAsync(IReadOnlyCollection<string> agents, int limit, CancellationToken cancellationToken = default)
        {
            var due = await base.ListDueAsync(agents, limit, cancellationToken);
            if (due.Count > 0)
            {
                Volatile.Read(ref _listed).TrySetResult();
            }

            return due;
        }
    }
}

[Agent]
public sealed partial class DueTomorrow
{
    [Action, Result, Delay("1.00:00:00")]
    private static int Number([Input] int number) => number;
}
