using System.Runtime.CompilerServices;

namespace AgentFlow;

/// <summary>
/// Keeps sessions in a directory, a file each: nothing to install, and every file can be copied. One process has the directory at a time. For
/// many sessions or high rates take AgentFlow.Sqlite, which shares commits.
/// </summary>
public sealed partial class FileSessionStore : ISessionStore
{
    private const string Extension = ".session";

    private readonly string _directory;
    private readonly StoreLock _lock;
    private readonly StoreClock _clock;
    private readonly Lock _gate = new();

    /// <summary>Every session by id; guarded by the gate. What they hold is guarded by themselves.</summary>
    private readonly SortedDictionary<string, SessionFile> _sessions = new(StringComparer.Ordinal);

    /// <summary>
    /// Opens a directory, which is created if it is missing. A file that is damaged or cannot be read is told when its session is asked for, and
    /// costs no other session anything. A file under another name than its session gives it, such as a copy, is not read. <see cref="Damaged"/> lists them all.
    /// </summary>
    /// <param name="directory">The directory.</param>
    /// <param name="timeProvider">The clock of leases and timestamps. Default: the system's. Only its steady part is relied on after this moment.</param>
    /// <exception cref="StoreInUseException">Another process, or another store of this one, has the directory open, by whatever name.</exception>
    /// <exception cref="IOException">The directory cannot be made or opened: the message says why.</exception>
    /// <exception cref="UnauthorizedAccessException">The directory must not be written to.</exception>
    public FileSessionStore(string directory, TimeProvider? timeProvider = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        _directory = Path.GetFullPath(directory);
        _clock = new StoreClock(timeProvider ?? TimeProvider.System);
        StoreLock.CreateDirectory(_directory, _directory);
        _lock = StoreLock.Take(Path.Combine(_directory, "lock"), _directory);
        try
        {
            foreach (var path in Directory.EnumerateFileSystemEntries(_directory, "*" + Extension))
            {
                var file = new SessionFile(path);
                lock (file)
                {
                    if (file.Load() is { } session && IsOf(session.Info.Id, path))
                    {
                        _sessions[session.Info.Id] = file;
                    }

                    file.Unload();
                }
            }
        }
        catch
        {
            _lock.Dispose();
            throw;
        }
    }

    /// <summary>How much is kept of the signals that wait for one session.</summary>
    public SignalLimits SignalLimits { get; init; } = new();

    /// <inheritdoc />
    public ValueTask<SessionClaim> CreateAsync(SessionInfo session, IReadOnlyList<JournalRecord> records, string owner, TimeSpan lease, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(session);
        cancellationToken.ThrowIfCancellationRequested();
        SessionId.Check(session.Id);
        var now = _clock.Now;
        byte[] content = [.. SessionLog.Create(session, records, now), .. SessionLog.Claim(owner, now)];

        // Claimed before anybody else can see it.
        var info = Add(session.Id, content, stored => stored.Claim(owner, now, lease, renews: true));
        return new(new SessionClaim(info, owner, info.Epoch, now));
    }

    /// <inheritdoc />
    public ValueTask<SessionInfo> ForkAsync(SessionFork fork, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(fork);
        cancellationToken.ThrowIfCancellationRequested();
        var id = SessionId.Check(fork.Session.Id);
        var file = Get(fork.Source);
        StoredSession stored;
        lock (file)
        {
            try
            {
                stored = file.Whole().Fork(fork, _clock.Now);
            }
            finally
            {
                file.Unload();
            }
        }

        return new(Add(id, SessionLog.Fork(stored)));
    }

    /// <inheritdoc />
    public ValueTask<SessionInfo?> FindAsync(string id, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            if (!_sessions.TryGetValue(id, out var file))
            {
                return FindDamage(id) is { } damage ? throw damage : default;
            }

            return new(file.Info);
        }
    }

    /// <inheritdoc />
    public ValueTask<IReadOnlyList<SessionInfo>> ListAsync(SessionQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        cancellationToken.ThrowIfCancellationRequested();
        return new([.. All()
            .Select(static e => e.Info!)
            .Where(i => query.After is null || string.CompareOrdinal(i.Id, query.After) > 0)
            .Where(query.At(_clock.Now).Includes)
            .Take(query.Limit)]);
    }

    /// <inheritdoc />
    public ValueTask<IReadOnlyList<SessionInfo>> ListDueAsync(IReadOnlyCollection<string> agents, int limit, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var now = _clock.Now;
        return new([.. All()
            .Where(e => agents.Contains(e.Info!.Agent) && e.IsDue(now))
            .Select(static e => e.Info!)
            .OrderBy(static i => i.WakeAt ?? i.UpdatedAt)
            .Take(limit)]);
    }

    /// <inheritdoc />
    public ValueTask<TimeSpan?> NextDueAsync(IReadOnlyCollection<string> agents, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var next = All().Select(static e => e.Info!).Where(i => i is { State: SessionState.Suspended, WakeAt: not null } && agents.Contains(i.Agent)).Min(static i => i.WakeAt);
        return new(next - _clock.Now);
    }

    /// <inheritdoc />
    public ValueTask<SessionClaim?> ClaimAsync(string id, string owner, TimeSpan lease, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var now = _clock.Now;
        var file = Get(id);
        lock (file)
        {
            if (!file.Session.CanClaim(owner, now))
            {
                return default;
            }

            _lock.Check();

            // Whatever is written under the claim comes after it in the file, and is flushed with it.
            file.Write(SessionLog.Claim(owner, now), flushes: false);
            var claim = file.Session.Claim(owner, now, lease);
            file.Settle();
            return new(claim);
        }
    }

    /// <inheritdoc />
    public ValueTask RenewAsync(SessionClaim claim, TimeSpan lease, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(claim);
        cancellationToken.ThrowIfCancellationRequested();
        var file = Get(claim.Id);
        lock (file)
        {
            file.Session.Renew(claim, TimerSpan.After(_clock.Now, lease));
            file.Settle();
            return default;
        }
    }

    /// <inheritdoc />
    public ValueTask ReleaseAsync(SessionClaim claim, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(claim);
        var file = Get(claim.Id);
        lock (file)
        {
            file.Write(SessionLog.Release(claim, _clock.Now), flushes: false);
            file.Session.Release(claim);
            file.Settle();
            return default;
        }
    }

    /// <inheritdoc />
    public ValueTask<DateTimeOffset> AppendAsync(SessionAppend append, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(append);
        cancellationToken.ThrowIfCancellationRequested();
        var now = _clock.Now;
        var file = Get(append.Claim.Id);
        lock (file)
        {
            (file.Session.CanJudge(append) ? file.Session : file.Whole()).Validate(append);
            _lock.Check();
            file.Write(SessionLog.Append(append, now), flushes: true);
            file.Session.Append(append, now);
            if (append.Snapshot is not null)
            {
                file.Mark();
            }

            file.Settle();
            return new(now);
        }
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<JournalRecord> ReadAsync(string id, long after, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var file = Get(id);
        JournalRecord[] records;
        lock (file)
        {
            records = file.Session.After(after) ?? file.Whole().After(after)!;
            file.Unload();
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
        var file = Get(id);
        lock (file)
        {
            var snapshot = file.Session.Snapshot;
            file.Unload();
            return new(snapshot?.Sequence <= upTo ? snapshot : null);
        }
    }

    /// <inheritdoc />
    public ValueTask<bool> SignalAsync(SignalRecord signal, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(signal);
        cancellationToken.ThrowIfCancellationRequested();
        SignalLimits.CheckSize(signal);
        var now = _clock.Now;
        var file = Get(signal.Session);
        lock (file)
        {
            var isNew = file.Session.Validate(signal, SignalLimits);
            if (isNew)
            {
                _lock.Check();
                file.Write(SessionLog.Signal(signal, now), flushes: true);
                file.Session.Signal(signal, now);
            }

            file.Settle();
            return new(isNew);
        }
    }

    /// <inheritdoc />
    public ValueTask<IReadOnlyList<SignalRecord>> ReadSignalsAsync(string id, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var file = Get(id);
        lock (file)
        {
            IReadOnlyList<SignalRecord> signals = [.. file.Session.Signals];
            file.Unload();
            return new(signals);
        }
    }

    /// <inheritdoc />
    public ValueTask DeleteAsync(string id, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Delete(id, static session => throw new SessionOwnedException(session.Info.Id), static _ => true);
        return default;
    }

    /// <inheritdoc />
    public ValueTask<bool> TryDeleteAsync(SessionInfo seen, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(seen);
        cancellationToken.ThrowIfCancellationRequested();
        return new(Delete(seen.Id, static _ => false, session => session.Info.StandsAs(seen)));
    }

    /// <summary>Closes the files and gives the directory up.</summary>
    /// <returns>Completes when it is given up.</returns>
    public ValueTask DisposeAsync()
    {
        foreach (var file in All())
        {
            lock (file)
            {
                file.Close();
            }
        }

        _lock.Dispose();
        return default;
    }

    private bool Delete(string id, Func<StoredSession, bool> isOwned, Func<StoredSession, bool> isMeant)
    {
        lock (_gate)
        {
            if (!_sessions.TryGetValue(id, out var file))
            {
                return false;
            }

            lock (file)
            {
                var session = file.Session;
                if (session.IsOwned(_clock.Now) ? !isOwned(session) : !isMeant(session))
                {
                    file.Unload();
                    return false;
                }

                _lock.Check();
                file.Delete();
            }

            return _sessions.Remove(id);
        }
    }

    private SessionInfo Add(string id, ReadOnlySpan<byte> content, Action<StoredSession>? begin = null)
    {
        var file = new SessionFile(PathOf(id));
        lock (_gate)
        {
            if (_sessions.ContainsKey(id))
            {
                throw new SessionExistsException(id);
            }

            if (FindDamage(id) is { } damage)
            {
                throw damage;
            }

            _lock.Check();
            DurableFile.Create(file.Path, content);
            lock (file)
            {
                begin?.Invoke(file.Load()!);
                _ = file.Session;
                file.Settle();
                _sessions.Add(id, file);
                return file.Info!;
            }
        }
    }

    private List<SessionFile> All()
    {
        lock (_gate)
        {
            return [.. _sessions.Values.Where(static e => e.Info is not null)];
        }
    }

    private SessionFile Get(string id)
    {
        lock (_gate)
        {
            return _sessions.GetValueOrDefault(id) ?? throw FindDamage(id) ?? (Exception)new SessionNotFoundException(id);
        }
    }
}
