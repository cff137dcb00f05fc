namespace AgentFlow.Testing;

/// <summary>
/// A store whose process dies before or after one of its writes; from then on nothing of it answers. Or it lives on, and hears of that
/// write only when it is
/// released.
/// </summary>
internal sealed class CrashingStore(ISessionStore inner, int crashAt, bool crashesAfter, bool isLate = false) : ISessionStore
{
    /// <summary>Continues on the thread that releases, so that all that follows has happened when it returns.</summary>
    private readonly TaskCompletionSource _released = new();
    private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _writes;
    private volatile bool _isDead;
    private volatile bool _isHolding;

    /// <summary>How many writes were made or begun.</summary>
    public int Writes => Volatile.Read(ref _writes);

    public bool HasCrashed => _isDead;

    /// <summary>Whether the process lives on, with a write that it has not heard of.</summary>
    public bool IsHolding => _isHolding && _isDead && !_released.Task.IsCompleted;

    /// <summary>Completes when the process waits to hear of a write.</summary>
    public Task Held => _held.Task;

    /// <summary>Lets the process hear that its write succeeded.</summary>
    public void Release() => _released.TrySetResult();

    public ValueTask<SessionClaim> CreateAsync(SessionInfo session, IReadOnlyList<JournalRecord> records, string owner, TimeSpan lease, CancellationToken cancellationToken = default) =>
        Write(() => inner.CreateAsync(session, records, owner, lease, cancellationToken));

    public ValueTask<SessionInfo> ForkAsync(SessionFork fork, CancellationToken cancellationToken = default) =>
        Write(() => inner.ForkAsync(fork, cancellationToken));

    public ValueTask<SessionInfo?> FindAsync(string id, CancellationToken cancellationToken = default) => Alive().FindAsync(id, cancellationToken);

    public ValueTask<IReadOnlyList<SessionInfo>> ListAsync(SessionQuery query, CancellationToken cancellationToken = default) => Alive().ListAsync(query, cancellationToken);

    public ValueTask<IReadOnlyList<SessionInfo>> ListDueAsync(IReadOnlyCollection<string> agents, int limit, CancellationToken cancellationToken = default) => Alive().ListDueAsync(agents, limit, cancellationToken);

    public ValueTask<TimeSpan?> NextDueAsync(IReadOnlyCollection<string> agents, CancellationToken cancellationToken = default) => Alive().NextDueAsync(agents, cancellationToken);

    public ValueTask<SessionClaim?> ClaimAsync(string id, string owner, TimeSpan lease, CancellationToken cancellationToken = default) => Write(() => inner.ClaimAsync(id, owner, lease, cancellationToken));

    public ValueTask RenewAsync(SessionClaim claim, TimeSpan lease, CancellationToken cancellationToken = default) => Alive().RenewAsync(claim, lease, cancellationToken);

    public ValueTask ReleaseAsync(SessionClaim claim, CancellationToken cancellationToken = default) => _isDead ? default : inner.ReleaseAsync(claim, cancellationToken);

    public ValueTask<DateTimeOffset> AppendAsync(SessionAppend append, CancellationToken cancellationToken = default) => Write(() => inner.AppendAsync(append, cancellationToken), isAppend: true);

    public IAsyncEnumerable<JournalRecord> ReadAsync(string id, long after, CancellationToken cancellationToken = default) => Alive().ReadAsync(id, after, cancellationToken);

    public ValueTask<SessionSnapshot?> FindSnapshotAsync(string id, long upTo, CancellationToken cancellationToken = default) => Alive().FindSnapshotAsync(id, upTo, cancellationToken);

    public ValueTask<bool> SignalAsync(SignalRecord signal, CancellationToken cancellationToken = default) => Write(() => inner.SignalAsync(signal, cancellationToken));

    public ValueTask<IReadOnlyList<SignalRecord>> ReadSignalsAsync(string id, CancellationToken cancellationToken = default) => Alive().ReadSignalsAsync(id, cancellationToken);

    public ValueTask DeleteAsync(string id, CancellationToken cancellationToken = default) => Write(async () =>
    {
        await inner.DeleteAsync(id, cancellationToken).ConfigureAwait(false);
        return true;
    }).AsVoid();

    public ValueTask<bool> TryDeleteAsync(SessionInfo seen, CancellationToken cancellationToken = default) => Write(() => inner.TryDeleteAsync(seen, cancellationToken));

    public ValueTask DisposeAsync() => default;

    private ISessionStore Alive() => _isDead ? throw new SimulatedCrashException() : inner;

    private async ValueTask<T> Write<T>(Func<ValueTask<T>> write, bool isAppend = false)
    {
        Alive();
        if (Interlocked.Increment(ref _writes) != crashAt)
        {
            return await write().ConfigureAwait(false);
        }

        // Who waits for a claim or a signal holds nothing yet that it could give up: there the process just dies.
        if (isLate && isAppend)
        {
            _isHolding = true;
            var written = await write().ConfigureAwait(false);
            _isDead = true;
            _held.TrySetResult();
            await _released.Task.ConfigureAwait(false);
            return written;
        }

        if (crashesAfter)
        {
            await write().ConfigureAwait(false);
        }

        _isDead = true;
        throw new SimulatedCrashException();
    }
}

/// <summary>The process has died, as far as the simulation is concerned.</summary>
internal sealed class SimulatedCrashException() : IOException("The simulated process has died.");

/// <summary>Drops a value that nobody wants.</summary>
internal static class ValueTasks
{
    public static async ValueTask<bool> AsSent(this ValueTask task)
    {
        await task.ConfigureAwait(false);
        return true;
    }

    public static async ValueTask AsVoid(this ValueTask<bool> task) => await task.ConfigureAwait(false);
}
