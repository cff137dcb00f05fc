namespace AgentFlow.Tests.Regressions;

/// <summary>A store in front of another, which may fail at a write.</summary>
internal class WrappedStore(ISessionStore inner) : ISessionStore
{
    /// <summary>Called before (false) and after (true) every write, with its name.</summary>
    public Action<string, bool> OnWrite { get; set; } = static (_, _) => { };

    /// <summary>Called before a journal is read, with the session's id.</summary>
    public Action<string> OnRead { get; set; } = static _ => { };

    public ValueTask<SessionClaim> CreateAsync(SessionInfo session, IReadOnlyList<JournalRecord> records, string owner, TimeSpan lease, CancellationToken cancellationToken = default) =>
        WriteAsync("create", () => inner.CreateAsync(session, records, owner, lease, cancellationToken));

    public ValueTask<SessionInfo> ForkAsync(SessionFork fork, CancellationToken cancellationToken = default) => WriteAsync("fork", () => inner.ForkAsync(fork, cancellationToken));

    public ValueTask<SessionInfo?> FindAsync(string id, CancellationToken cancellationToken = default) => inner.FindAsync(id, cancellationToken);

    public virtual ValueTask<IReadOnlyList<SessionInfo>> ListAsync(SessionQuery query, CancellationToken cancellationToken = default) => inner.ListAsync(query, cancellationToken);

    public ValueTask<IReadOnlyList<SessionInfo>> ListDueAsync(IReadOnlyCollection<string> agents, int limit, CancellationToken cancellationToken = default) => inner.ListDueAsync(agents, limit, cancellationToken);

    public ValueTask<TimeSpan?> NextDueAsync(IReadOnlyCollection<string> agents, CancellationToken cancellationToken = default) => inner.NextDueAsync(agents, cancellationToken);

    public virtual ValueTask<SessionClaim?> ClaimAsync(string id, string owner, TimeSpan lease, CancellationToken cancellationToken = default) => WriteAsync("claim", () => inner.ClaimAsync(id, owner, lease, cancellationToken));

    public ValueTask RenewAsync(SessionClaim claim, TimeSpan lease, CancellationToken cancellationToken = default) => inner.RenewAsync(claim, lease, cancellationToken);

    public virtual ValueTask ReleaseAsync(SessionClaim claim, CancellationToken cancellationToken = default) => inner.ReleaseAsync(claim, cancellationToken);

    public virtual ValueTask<DateTimeOffset> AppendAsync(SessionAppend append, CancellationToken cancellationToken = default) => WriteAsync("append", () => inner.AppendAsync(append, cancellationToken));

    public IAsyncEnumerable<JournalRecord> ReadAsync(string id, long after, CancellationToken cancellationToken = default)
    {
        OnRead(id);
        return inner.ReadAsync(id, after, cancellationToken);
    }

    public ValueTask<SessionSnapshot?> FindSnapshotAsync(string id, long upTo, CancellationToken cancellationToken = default) => inner.FindSnapshotAsync(id, upTo, cancellationToken);

    public ValueTask<bool> SignalAsync(SignalRecord signal, CancellationToken cancellationToken = default) => WriteAsync("signal", () => inner.SignalAsync(signal, cancellationToken));

    public virtual ValueTask<IReadOnlyList<SignalRecord>> ReadSignalsAsync(string id, CancellationToken cancellationToken = default) => inner.ReadSignalsAsync(id, cancellationToken);

    public ValueTask DeleteAsync(string id, CancellationToken cancellationToken = default) => inner.DeleteAsync(id, cancellationToken);

    public ValueTask<bool> TryDeleteAsync(SessionInfo seen, CancellationToken cancellationToken = default) => WriteAsync("delete", () => inner.TryDeleteAsync(seen, cancellationToken));

    public ValueTask DisposeAsync() => default;

    private async ValueTask<T> WriteAsync<T>(string name, Func<ValueTask<T>> write)
    {
        OnWrite(name, false);
        var result = await write();
        OnWrite(name, true);
        return result;
    }
}
