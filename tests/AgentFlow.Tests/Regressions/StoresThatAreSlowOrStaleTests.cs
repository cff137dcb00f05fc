namespace AgentFlow.Tests.Regressions;

/// <summary>
/// A session whose reading took longer than its lease was given up each time it had been read; and an answer that a stale read showed once more was used
/// once more: one approval, two payments.
/// </summary>
public sealed class StoresThatAreSlowOrStaleTests
{
    private static readonly TimeSpan s_lease = TimeSpan.FromMilliseconds(600);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_session_that_is_read_for_longer_than_its_lease_goes_on()
    {
        await using var store = new MemorySessionStore();
        await using (var first = new AgentRuntime(store))
        {
            var session = await first.StartAsync(new PaysInRounds(1), "x", new() { Id = "s" }, Ct);
            await session.WaitAsync(Ct).WaitAsync(Patience, Ct);
        }

        // Twice the lease, on the real clock: this is how slow the store is, nothing is waited for by it.
        var reads = 0;
        var slow = new WrappedStore(store)
        {
            OnRead = _ =>
            {
                reads++;
                Thread.Sleep(s_lease * 2);
            },
        };
        await using var second = new AgentRuntime(slow, new() { Lease = s_lease, PollInterval = TimeSpan.FromMilliseconds(20) });
        second.Register(new PaysInRounds(1));
        var found = await second.FindAsync(new PaysInRounds(1), "s", Ct);
        Assert.NotNull(found);
        await found.ApproveAsync(true, cancellationToken: Ct);
        Assert.Equal(1, await found.Result.WaitAsync(Patience, Ct));
        Assert.NotEqual(0, reads);
    }

    [Fact]
    public async Task An_answer_that_a_stale_read_shows_again_is_not_used_again()
    {
        await using var inner = new MemorySessionStore();
        var store = new Stale(inner);
        await using var runtime = new AgentRuntime(store, new() { PollInterval = TimeSpan.FromMilliseconds(20) });
        var agent = new PaysInRounds(3);
        var session = await runtime.StartAsync(agent, "x", new() { Id = "s" }, Ct);
        for (var round = 1; round < 3; round++)
        {
            store.Shows = round - 1;
            await session.ApproveAsync(true, cancellationToken: Ct);
            Assert.True(SpinWait.SpinUntil(() => agent.Paid >= round && store.Shows == 0, Patience));
            Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct).WaitAsync(Patience, Ct));
        }

        await session.ApproveAsync(true, cancellationToken: Ct);
        Assert.Equal(3, await session.Result.WaitAsync(Patience, Ct));
        Assert.Equal(3, agent.Paid);
    }

    /// <summary>Shows the first signals that it has seen for some more readings.</summary>
    private sealed class Stale(ISessionStore inner) : WrappedStore(inner)
    {
        private IReadOnlyList<SignalRecord> _before = [];
        private int _shows;

        public int Shows
        {
            get => Volatile.Read(ref _shows);
            set => Volatile.Write(ref _shows, value);
        }

        public override async ValueTask<IReadOnlyList<SignalRecord>> ReadSignalsAsync(string id, CancellationToken cancellationToken = default)
        {
            var now = await base.ReadSignalsAsync(id, cancellationToken);
            if (_before.Count == 0)
            {
                return _before = now;
            }

            return Shows > 0 && Interlocked.Decrement(ref _shows) >= 0 ? _before : now;
        }
    }
}

[Agent(MaxIterations = 3)]
public sealed partial class PaysInRounds(int rounds)
{
    private readonly PaymentCount _paid = new();

    public int Paid => _paid.Value;

    [Action]
    private static int Round([Input] string what, [Previous(nameof(Pay))] int? paid) => (paid ?? 0) + 1;

    [Signal]
    private partial Task<bool> Approve([From(nameof(Round))] int round);

    [Action, Result]
    private int Pay(bool approve, int round)
    {
        _paid.Add();
        return round;
    }

    [Until]
    private bool IsPaid(int pay) => pay >= rounds;
}

/// <summary>Counts for several threads.</summary>
public sealed class PaymentCount
{
    private int _value;

    public int Value => Volatile.Read(ref _value);

    public void Add() => Interlocked.Increment(ref _value);
}
