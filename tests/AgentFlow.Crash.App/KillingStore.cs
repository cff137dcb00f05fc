using System.Data.Common;
using System.Diagnostics;

namespace AgentFlow.Crash;

/// <summary>Kills the process, as an operator or a power cut would, before or after one of its writes.</summary>
public sealed class KillingStore(ISessionStore inner, int killAt, bool after) : ITransactionalSessionStore
{
    private int _writes;

    public int Writes => Volatile.Read(ref _writes);

    public ValueTask<SessionClaim> CreateAsync(SessionInfo session, IReadOnlyList<JournalRecord> records, string owner, TimeSpan lease, CancellationToken cancellationToken = default) =>
        WriteAsync(() => inner.CreateAsync(session, records, owner, lease, cancellationToken));

    public ValueTask<SessionInfo> ForkAsync(string source, long upTo, SessionInfo session, CancellationToken cancellationToken = default) => inner.ForkAsync(source, upTo, session, cancellationToken);

    public ValueTask<SessionInfo?> FindAsync(string id, CancellationToken cancellationToken = default) => inner.FindAsync(id, cancellationToken);

    public ValueTask<IReadOnlyList<SessionInfo>> ListAsync(SessionQuery query, CancellationToken cancellationToken = default) => inner.ListAsync(query, cancellationToken);

    public ValueTask<IReadOnlyList<SessionInfo>> ListDueAsync(IReadOnlyCollection<string> agents, int limit, CancellationToken cancellationToken = default) => inner.ListDueAsync(agents, limit, cancellationToken);

    public ValueTask<TimeSpan?> NextDueAsync(IReadOnlyCollection<string> agents, CancellationToken cancellationToken = default) => inner.NextDueAsync(agents, cancellationToken);

    public ValueTask<SessionClaim?> ClaimAsync(string id, string owner, TimeSpan lease, CancellationToken cancellationToken = default) => WriteAsync(() => inner.ClaimAsync(id, owner, lease, cancellationToken));

    public ValueTask RenewAsync(SessionClaim claim, TimeSpan lease, CancellationToken cancellationToken = default) => inner.RenewAsync(claim, lease, cancellationToken);

    public ValueTask ReleaseAsync(SessionClaim claim, CancellationToken cancellationToken = default) => inner.ReleaseAsync(claim, cancellationToken);

    public ValueTask<DateTimeOffset> AppendAsync(SessionAppend append, CancellationToken cancellationToken = default) => WriteAsync(() => inner.AppendAsync(append, cancellationToken));

    /// <summary>Two writes: the body's, and the whole. A process may die when the body has written, and nothing is committed.</summary>
    public ValueTask<DateTimeOffset> ExecuteAsync(SessionClaim claim, Func<DbTransaction, CancellationToken, ValueTask<SessionAppend?>> body, CancellationToken cancellationToken = default) =>
        WriteAsync(() => ((ITransactionalSessionStore)inner).ExecuteAsync(claim, (transaction, stop) => WriteAsync(() => body(transaction, stop)), cancellationToken));

    public IAsyncEnumerable<JournalRecord> ReadAsync(string id, long after, CancellationToken cancellationToken = default) => inner.ReadAsync(id, after, cancellationToken);

    public ValueTask<SessionSnapshot?> FindSnapshotAsync(string id, long upTo, CancellationToken cancellationToken = default) => inner.FindSnapshotAsync(id, upTo, cancellationToken);

    public ValueTask<bool> SignalAsync(SignalRecord signal, CancellationToken cancellationToken = default) => WriteAsync(() => inner.SignalAsync(signal, cancellationToken));

    public ValueTask<IReadOnlyList<SignalRecord>> ReadSignalsAsync(string id, CancellationToken cancellationToken = default) => inner.ReadSignalsAsync(id, cancellationToken);

    public ValueTask DeleteAsync(string id, CancellationToken cancellationToken = default) => inner.DeleteAsync(id, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private async ValueTask<T> WriteAsync<T>(Func<ValueTask<T>> write)
    {
        var isLast = Interlocked.Increment(ref _writes) == killAt;
        if (isLast && !after)
        {
            Kill();
        }

        var result = await write().ConfigureAwait(false);
        if (isLast)
        {
            Kill();
        }

        return result;
    }

    private static void Kill()
    {
        Process.GetCurrentProcess().Kill();
        Thread.Sleep(Timeout.Infinite);
    }
}
