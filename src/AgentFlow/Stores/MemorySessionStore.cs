using System.Runtime.CompilerServices;

namespace AgentFlow;

/// <summary>Keeps sessions in memory: for tests, and for sessions that need not outlive the process.</summary>
public sealed class MemorySessionStore : ISessionStore
{
    private readonly Lock _gate = new();

    /// <summary>Guarded by the gate, as are its sessions.</summary>
    private readonly SortedDictionary<string, StoredSession> _sessions = new(StringComparer.Ordinal);
    private readonly StoreClock _clock;

    /// <summary>Creates an empty store.</summary>
    /// <param name="timeProvider">The clock of leases and timestamps. Default: the system's. Only its steady part is relied on after this moment.</param>
    public MemorySessionStore(TimeProvider? timeProvider = null) => _clock = new StoreClock(timeProvider ?? TimeProvider.System);

    /// <summary>How much is kept of the signals that wait for one session.</summary>
    public SignalLimits SignalLimits { get; init; } = new();

    /// <inheritdoc />
    public ValueTask<SessionClaim> CreateAsync(SessionInfo session, IReadOnlyList<JournalRecord> records, string owner, TimeSpan lease, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(session);
        cancellationToken.ThrowIfCancellationRequested();
        SessionId.Check(session.Id);
        lock (_gate)
        {
            var stored = StoredSession.Create(session, records, _clock.Now);
            if (!_sessions.TryAdd(session.Id, stored))
            {
                throw new SessionExistsException(session.Id);
            }

            return new(stored.Claim(owner, _clock.Now, lease)!);
        }
    }

    /// <inheritdoc />
    public ValueTask<SessionInfo> ForkAsync(SessionFork fork, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(fork);
        cancellationToken.ThrowIfCancellationRequested();
        var id = SessionId.Check(fork.Session.Id);
        lock (_gate)
        {
            var stored = Get(fork.Source).Fork(fork, _clock.Now);
            return _sessions.TryAdd(id, stored) ? new(stored.Info) : throw new SessionExistsException(id);
        }
    }

    /// <inheritdoc />
    public ValueTask<SessionInfo?> FindAsync(string id, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            return new(_sessions.GetValueOrDefault(id)?.Info);
        }
    }

    /// <inheritdoc />
    public ValueTask<IReadOnlyList<SessionInfo>> ListAsync(SessionQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            return new([.. _sessions.Values
                .Select(static s => s.Info)
                .Where(s => query.After is null || string.CompareOrdinal(s.Id, query.After) > 0)
                .Where(query.At(_clock.Now).Includes)
                .Take(query.Limit)]);
        }
    }

    /// <inheritdoc />
    public ValueTask<IReadOnlyList<SessionInfo>> ListDueAsync(IReadOnlyCollection<string> agents, int limit, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            var now = _clock.Now;
            return new([.. _sessions.Values
                .Where(s => s.IsDue(now) && agents.Contains(s.Info.Agent))
                .OrderBy(static s => s.Info.WakeAt ?? s.Info.UpdatedAt)
                .Take(limit)
                .Select(static s => s.Info)]);
        }
    }

    /// <inheritdoc />
    public ValueTask<TimeSpan?> NextDueAsync(IReadOnlyCollection<string> agents, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            var next = _sessions.Values.Where(s => s.Info is { State: SessionState.Suspended, WakeAt: not null } && agents.Contains(s.Info.Agent)).Min(static s => s.Info.WakeAt);
            return new(next - _clock.Now);
        }
    }

    /// <inheritdoc />
    public ValueTask<SessionClaim?> ClaimAsync(string id, string owner, TimeSpan lease, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            return new(Get(id).Claim(owner, _clock.Now, lease));
        }
    }

    /// <inheritdoc />
    public ValueTask RenewAsync(SessionClaim claim, TimeSpan lease, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(claim);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            Get(claim.Id).Renew(claim, TimerSpan.After(_clock.Now, lease));
            return default;
        }
    }

    /// <inheritdoc />
    public ValueTask ReleaseAsync(SessionClaim claim, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(claim);
        lock (_gate)
        {
            _sessions.GetValueOrDefault(claim.Id)?.Release(claim);
            return default;
        }
    }

    /// <inheritdoc />
    public ValueTask<DateTimeOffset> AppendAsync(SessionAppend append, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(append);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            var now = _clock.Now;
            var session = Get(append.Claim.Id);
            session.Validate(append);
            session.Append(append, now);
            return new(now);
        }
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<JournalRecord> ReadAsync(string id, long after, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        JournalRecord[] records;
        lock (_gate)
        {
            records = [.. Get(id).Journal.Skip((int)Math.Max(0, after))];
        }

        await Task.CompletedTask.ConfigureAwait(false);
        foreach (var record in records)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return record;
        }
    }

    /// <inheritdoc />
    public ValueTask<SessionSnapshot?> FindSnapshotAsync(string id, long upTo, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            return new(Get(id).Snapshot is { } snapshot && snapshot.Sequence <= upTo ? snapshot : null);
        }
    }

    /// <inheritdoc />
    public ValueTask<bool> SignalAsync(SignalRecord signal, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(signal);
        cancellationToken.ThrowIfCancellationRequested();
        SignalLimits.CheckSize(signal);
        lock (_gate)
        {
            var session = Get(signal.Session);
            var isNew = session.Validate(signal, SignalLimits);
            if (isNew)
            {
                session.Signal(signal, _clock.Now);
            }

            return new(isNew);
        }
    }

    /// <inheritdoc />
    public ValueTask<IReadOnlyList<SignalRecord>> ReadSignalsAsync(string id, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            return new([.. Get(id).Signals]);
        }
    }

    /// <inheritdoc />
    public ValueTask DeleteAsync(string id, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            if (_sessions.GetValueOrDefault(id)?.IsOwned(_clock.Now) == true)
            {
                throw new SessionOwnedException(id);
            }

            _sessions.Remove(id);
            return default;
        }
    }

    /// <inheritdoc />
    public ValueTask<bool> TryDeleteAsync(SessionInfo seen, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(seen);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            return new(_sessions.GetValueOrDefault(seen.Id) is { } session && !session.IsOwned(_clock.Now) && session.Info.StandsAs(seen) && _sessions.Remove(seen.Id));
        }
    }

    /// <summary>Does nothing: what is in memory goes with it.</summary>
    /// <returns>A completed task.</returns>
    public ValueTask DisposeAsync() => default;

    private StoredSession Get(string id) => _sessions.GetValueOrDefault(id) ?? throw new SessionNotFoundException(id);
}
