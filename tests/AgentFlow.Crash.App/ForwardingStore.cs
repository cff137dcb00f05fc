using System.Data.Common;

namespace AgentFlow.Crash;

/// <summary>A store in front of another, for what happens to a process between the two.</summary>
public abstract class ForwardingStore(ISessionStore inner) : ITransactionalSessionStore
{
    public virtual ValueTask<SessionClaim> CreateAsync(SessionInfo session, IReadOnlyList<JournalRecord> records, string owner, TimeSpan lease, CancellationToken cancellationToken = default) =>
        inner.CreateAsync(session, records, owner, lease, cancellationToken);

    public virtual ValueTask<SessionClaim?> ClaimAsync(string id, string owner, TimeSpan lease, CancellationToken cancellationToken = default) => inner.ClaimAsync(id, owner, lease, cancellationToken);

    public virtual ValueTask<DateTimeOffset> AppendAsync(SessionAppend append, CancellationToken cancellationToken = default) => inner.AppendAsync(append, cancellationToken);

    public virtual ValueTask<DateTimeOffset> ExecuteAsync(SessionClaim claim, Func<DbTransaction, CancellationToken, ValueTask<SessionAppend?>> body, CancellationToken cancellationToken = default) =>
        ((ITransactionalSessionStore)inner).ExecuteAsync(claim, body, cancellationToken);

    public virtual ValueTask<bool> SignalAsync(SignalRecord signal, CancellationToken cancellationToken = default) => inner.SignalAsync(signal, cancellationToken);

    public ValueTask<SessionInfo> ForkAsync(SessionFork fork, CancellationToken cancellationToken = default) => inner.ForkAsync(fork, cancellationToken);

    public virtual ValueTask<SessionInfo?> FindAsync(string id, CancellationToken cancellationToken = default) => inner.FindAsync(id, cancellationToken);

    public ValueTask<IReadOnlyList<SessionInfo>> ListAsync(SessionQuery query, CancellationToken cancellationToken = default) => inner.ListAsync(query, cancellationToken);

    public virtual ValueTask<IReadOnlyList<SessionInfo>> ListDueAsync(IReadOnlyCollection<string> agents, int limit, CancellationToken cancellationToken = default) => inner.ListDueAsync(agents, limit, cancellationToken);

    public virtual ValueTask<TimeSpan?> NextDueAsync(IReadOnlyCollection<string> agents, CancellationToken cancellationToken = default) => inner.NextDueAsync(agents, cancellationToken);

    public virtual ValueTask RenewAsync(SessionClaim claim, TimeSpan lease, CancellationToken cancellationToken = default) => inner.RenewAsync(claim, lease, cancellationToken);

    public ValueTask ReleaseAsync(SessionClaim claim, CancellationToken cancellationToken = default) => inner.ReleaseAsync(claim, cancellationToken);

    public virtual IAsyncEnumerable<JournalRecord> ReadAsync(string id, long after, CancellationToken cancellationToken = default) => inner.ReadAsync(id, after, cancellationToken);

    public virtual ValueTask<SessionSnapshot?> FindSnapshotAsync(string id, long upTo, CancellationToken cancellationToken = default) => inner.FindSnapshotAsync(id, upTo, cancellationToken);

    public virtual ValueTask<IReadOnlyList<SignalRecord>> ReadSignalsAsync(string id, CancellationToken cancellationToken = default) => inner.ReadSignalsAsync(id, cancellationToken);

    public ValueTask DeleteAsync(string id, CancellationToken cancellationToken = default) => inner.DeleteAsync(id, cancellationToken);

    public ValueTask<bool> TryDeleteAsync(SessionInfo seen, CancellationToken cancellationToken = default) => inner.TryDeleteAsync(seen, cancellationToken);

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return inner.DisposeAsync();
    }
}
