using System.Data.Common;

namespace AgentFlow.Fuzz;

/// <summary>A store whose process dies at one of its writes, or after it. From then on nothing of it answers.</summary>
internal sealed class DyingStore(ISessionStore inner, int at, bool after, Action died) : ITransactionalSessionStore
{
    private readonly CancellationTokenSource _dead = new();
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The writes that are under way, and one while the store is open.</summary>
    private int _underWay = 1;
    private int _writes;

    public bool IsDead => _dead.IsCancellationRequested;

    public CancellationToken Dead => _dead.Token;

    public ValueTask<SessionClaim> CreateAsync(SessionInfo session, IReadOnlyList<JournalRecord> records, string owner, TimeSpan lease, CancellationToken cancellationToken = default) =>
        WriteAsync(() => inner.CreateAsync(session, records, owner, lease, cancellationToken));

    public ValueTask<SessionClaim?> ClaimAsync(string id, string owner, TimeSpan lease, CancellationToken cancellationToken = default) => WriteAsync(() => inner.ClaimAsync(id, owner, lease, cancellationToken));

    public ValueTask<DateTimeOffset> AppendAsync(SessionAppend append, CancellationToken cancellationToken = default) => WriteAsync(() => inner.AppendAsync(append, cancellationToken));

    public ValueTask<DateTimeOffset> ExecuteAsync(SessionClaim claim, Func<DbTransaction, CancellationToken, ValueTask<SessionAppend?>> body, CancellationToken cancellationToken = default) =>
        WriteAsync(() => ((ITransactionalSessionStore)inner).ExecuteAsync(
            claim,
            async (transaction, token) =>
            {
                var append = await body(transaction, token).ConfigureAwait(false);

                // A process that is dead commits nothing.
                Alive();
                return append;
            },
            cancellationToken));

    public ValueTask<bool> SignalAsync(SignalRecord signal, CancellationToken cancellationToken = default) => Alive().SignalAsync(signal, cancellationToken);

    public ValueTask<SessionInfo> ForkAsync(SessionFork fork, CancellationToken cancellationToken = default) => Alive().ForkAsync(fork, cancellationToken);

    public ValueTask<SessionInfo?> FindAsync(string id, CancellationToken cancellationToken = default) => Alive().FindAsync(id, cancellationToken);

    public ValueTask<IReadOnlyList<SessionInfo>> ListAsync(SessionQuery query, CancellationToken cancellationToken = default) => Alive().ListAsync(query, cancellationToken);

    public ValueTask<IReadOnlyList<SessionInfo>> ListDueAsync(IReadOnlyCollection<string> agents, int limit, CancellationToken cancellationToken = default) => Alive().ListDueAsync(agents, limit, cancellationToken);

    public ValueTask<TimeSpan?> NextDueAsync(IReadOnlyCollection<string> agents, CancellationToken cancellationToken = default) => Alive().NextDueAsync(agents, cancellationToken);

    public ValueTask RenewAsync(SessionClaim claim, TimeSpan lease, CancellationToken cancellationToken = default) => Alive().RenewAsync(claim, lease, cancellationToken);

    public ValueTask ReleaseAsync(SessionClaim claim, CancellationToken cancellationToken = default) => IsDead ? default : inner.ReleaseAsync(claim, cancellationToken);

    public IAsyncEnumerable<JournalRecord> ReadAsync(string id, long after, CancellationToken cancellationToken = default) => Alive().ReadAsync(id, after, cancellationToken);

    public ValueTask<SessionSnapshot?> FindSnapshotAsync(string id, long upTo, CancellationToken cancellationToken = default) => Alive().FindSnapshotAsync(id, upTo, cancellationToken);

    public ValueTask<IReadOnlyList<SignalRecord>> ReadSignalsAsync(string id, CancellationToken cancellationToken = default) => Alive().ReadSignalsAsync(id, cancellationToken);

    public ValueTask DeleteAsync(string id, CancellationToken cancellationToken = default) => Alive().DeleteAsync(id, cancellationToken);

    public ValueTask<bool> TryDeleteAsync(SessionInfo seen, CancellationToken cancellationToken = default) => Alive().TryDeleteAsync(seen, cancellationToken);

    /// <summary>Ends with the last write that is under way: a process that is dead writes nothing while the next one lives.</summary>
    public async ValueTask DisposeAsync()
    {
        Leave();
        await _idle.Task.ConfigureAwait(false);
        _dead.Dispose();
    }

    private ISessionStore Alive() => IsDead ? throw new IOException("The process has died.") : inner;

    private async ValueTask<T> WriteAsync<T>(Func<ValueTask<T>> write)
    {
        Interlocked.Increment(ref _underWay);
        try
        {
            Alive();
            var isLast = Interlocked.Increment(ref _writes) == at;
            if (isLast && !after)
            {
                await DieAsync().ConfigureAwait(false);
            }

            var result = await write().ConfigureAwait(false);
            if (isLast)
            {
                await DieAsync().ConfigureAwait(false);
            }

            return result;
        }
        finally
        {
            Leave();
        }
    }

    private async ValueTask DieAsync()
    {
        died();
        await _dead.CancelAsync().ConfigureAwait(false);
        Alive();
    }

    private void Leave()
    {
        if (Interlocked.Decrement(ref _underWay) == 0)
        {
            _idle.TrySetResult();
        }
    }
}
