using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace AgentFlow;

/// <summary>
/// Keeps sessions in a directory, a file each: nothing to install, and every file can be copied. One process has the directory at a time. For
/// many sessions or high rates take AgentFlow.Sqlite, which shares commits.
/// </summary>
public sealed class FileSessionStore : ISessionStore
{
    private const string Extension = ".session";

    private readonly string _directory;
    private readonly FileStream _lock;
    private readonly StoreClock _clock;
    private readonly Lock _gate = new();

    /// <summary>Every session by id; guarded by the gate. What they hold is guarded by themselves.</summary>
    private readonly SortedDictionary<string, Entry> _sessions = new(StringComparer.Ordinal);

    /// <summary>Opens a directory, which is created if it is missing. A damaged file is told when its session is asked for.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="timeProvider">The clock of leases and timestamps. Default: the system's. Only its steady part is relied on after this moment.</param>
    /// <exception cref="IOException">Another process has the directory open.</exception>
    public FileSessionStore(string directory, TimeProvider? timeProvider = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        _directory = Path.GetFullPath(directory);
        _clock = new StoreClock(timeProvider ?? TimeProvider.System);
        Directory.CreateDirectory(_directory);
        _lock = new FileStream(Path.Combine(_directory, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        foreach (var path in Directory.EnumerateFiles(_directory, "*" + Extension))
        {
            var entry = new Entry(path);
            lock (entry)
            {
                if (entry.Load() is { } session)
                {
                    _sessions[session.Info.Id] = entry;
                }

                entry.Unload();
            }
        }
    }

    /// <summary>The files that could not be read, and why.</summary>
    public IReadOnlyDictionary<string, Exception> Damaged
    {
        get
        {
            var damaged = new Dictionary<string, Exception>(StringComparer.Ordinal);
            foreach (var path in Directory.EnumerateFiles(_directory, "*" + Extension))
            {
                try
                {
                    SessionLog.Read(File.ReadAllBytes(path), Path.GetFileName(path), out _);
                }
                catch (DamagedSessionException e)
                {
                    damaged[Path.GetFileName(path)] = e;
                }
            }

            return damaged;
        }
    }

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
    public ValueTask<SessionInfo> ForkAsync(string source, long upTo, SessionInfo session, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(session);
        cancellationToken.ThrowIfCancellationRequested();
        SessionId.Check(session.Id);
        var entry = Get(source);
        StoredSession fork;
        lock (entry)
        {
            fork = entry.Session.Fork(upTo, session, _clock.Now);
            entry.Unload();
        }

        Add(session.Id, SessionLog.Fork(fork));
        return new(fork.Info);
    }

    /// <inheritdoc />
    public ValueTask<SessionInfo?> FindAsync(string id, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            if (!_sessions.TryGetValue(id, out var entry))
            {
                return File.Exists(PathOf(id)) ? throw Damage(id) : default;
            }

            return new(entry.Info);
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
            .Where(query.Includes)
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
        var entry = Get(id);
        lock (entry)
        {
            if (!entry.Session.CanClaim(owner, now))
            {
                return default;
            }

            // Whatever is written under the claim comes after it in the file, and is flushed with it.
            entry.Write(SessionLog.Claim(owner, now), flushes: false);
            var claim = entry.Session.Claim(owner, now, lease);
            entry.Settle();
            return new(claim);
        }
    }

    /// <inheritdoc />
    public ValueTask RenewAsync(SessionClaim claim, TimeSpan lease, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(claim);
        cancellationToken.ThrowIfCancellationRequested();
        var entry = Get(claim.Id);
        lock (entry)
        {
            entry.Session.Renew(claim, _clock.Now + lease);
            entry.Settle();
            return default;
        }
    }

    /// <inheritdoc />
    public ValueTask ReleaseAsync(SessionClaim claim, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(claim);
        var entry = Get(claim.Id);
        lock (entry)
        {
            entry.Write(SessionLog.Release(claim, _clock.Now), flushes: false);
            entry.Session.Release(claim);
            entry.Settle();
            return default;
        }
    }

    /// <inheritdoc />
    public ValueTask<DateTimeOffset> AppendAsync(SessionAppend append, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(append);
        cancellationToken.ThrowIfCancellationRequested();
        var now = _clock.Now;
        var entry = Get(append.Claim.Id);
        lock (entry)
        {
            entry.Session.Validate(append);
            entry.Write(SessionLog.Append(append, now), flushes: true);
            entry.Session.Append(append, now);
            entry.Settle();
            return new(now);
        }
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<JournalRecord> ReadAsync(string id, long after, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var entry = Get(id);
        JournalRecord[] records;
        lock (entry)
        {
            records = [.. entry.Session.Journal.Skip((int)Math.Max(0, after))];
            entry.Unload();
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
        var entry = Get(id);
        lock (entry)
        {
            var snapshot = entry.Session.Snapshot;
            entry.Unload();
            return new(snapshot?.Sequence <= upTo ? snapshot : null);
        }
    }

    /// <inheritdoc />
    public ValueTask<bool> SignalAsync(SignalRecord signal, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(signal);
        cancellationToken.ThrowIfCancellationRequested();
        var now = _clock.Now;
        var entry = Get(signal.Session);
        lock (entry)
        {
            var isNew = entry.Session.Validate(signal);
            if (isNew)
            {
                entry.Write(SessionLog.Signal(signal, now), flushes: true);
                entry.Session.Signal(signal, now);
            }

            entry.Settle();
            return new(isNew);
        }
    }

    /// <inheritdoc />
    public ValueTask<IReadOnlyList<SignalRecord>> ReadSignalsAsync(string id, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var entry = Get(id);
        lock (entry)
        {
            IReadOnlyList<SignalRecord> signals = [.. entry.Session.Signals];
            entry.Unload();
            return new(signals);
        }
    }

    /// <inheritdoc />
    public ValueTask DeleteAsync(string id, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            if (!_sessions.TryGetValue(id, out var entry))
            {
                return default;
            }

            lock (entry)
            {
                if (entry.Session.IsOwned(_clock.Now))
                {
                    throw new SessionOwnedException(id);
                }

                entry.Close();
                DurableFile.Delete(entry.Path);
            }

            _sessions.Remove(id);
            return default;
        }
    }

    /// <summary>Closes the files and gives the directory up.</summary>
    /// <returns>Completes when it is given up.</returns>
    public async ValueTask DisposeAsync()
    {
        foreach (var entry in All())
        {
            lock (entry)
            {
                entry.Close();
            }
        }

        await _lock.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>An id never becomes a path: its hash does.</summary>
    private string PathOf(string id) => Path.Combine(_directory, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)).AsSpan(0, 16)) + Extension);

    private SessionInfo Add(string id, ReadOnlySpan<byte> content, Action<StoredSession>? begin = null)
    {
        var entry = new Entry(PathOf(id));
        lock (_gate)
        {
            if (_sessions.ContainsKey(id))
            {
                throw new SessionExistsException(id);
            }

            if (File.Exists(entry.Path))
            {
                throw Damage(id);
            }

            DurableFile.Create(entry.Path, content);
            lock (entry)
            {
                begin?.Invoke(entry.Load()!);
                _ = entry.Session;
                entry.Settle();
                _sessions.Add(id, entry);
                return entry.Info!;
            }
        }
    }

    private List<Entry> All()
    {
        lock (_gate)
        {
            return [.. _sessions.Values.Where(static e => e.Info is not null)];
        }
    }

    private Entry Get(string id)
    {
        lock (_gate)
        {
            return _sessions.GetValueOrDefault(id) ?? throw (File.Exists(PathOf(id)) ? Damage(id) : new SessionNotFoundException(id));
        }
    }

    private Exception Damage(string id)
    {
        try
        {
            SessionLog.Read(File.ReadAllBytes(PathOf(id)), id, out _);
            return new SessionNotFoundException(id);
        }
        catch (DamagedSessionException e)
        {
            return e;
        }
    }

    /// <summary>A session's file. What it says is in memory only while somebody owns the session.</summary>
    private sealed class Entry(string path)
    {
        private StoredSession? _session;
        private SafeFileHandle? _file;
        private long _length;
        private bool _hasNews;

        public string Path => path;

        public SessionInfo? Info { get; private set; }

        public StoredSession Session => _session ?? Load() ?? throw new DamagedSessionException(Info?.Id ?? path, "its file is gone");

        public bool IsDue(DateTimeOffset now)
        {
            lock (this)
            {
                return _session?.IsDue(now) ?? Info!.State switch
                {
                    SessionState.Created or SessionState.Running => true,
                    SessionState.Suspended => Info.WakeAt <= now || _hasNews,
                    _ => false,
                };
            }
        }

        public StoredSession? Load()
        {
            try
            {
                var content = File.ReadAllBytes(path);
                _session = SessionLog.Read(content, Info?.Id ?? System.IO.Path.GetFileName(path), out var length);
                _length = length;
                Info = _session?.Info;
                return _session;
            }
            catch (DamagedSessionException) when (Info is null)
            {
                return null;
            }
        }

        /// <summary>Adds a frame. If it cannot be written whole, the file is cut back to what it was.</summary>
        public void Write(byte[] frame, bool flushes)
        {
            _ = Session;
            _file ??= File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
            try
            {
                if (RandomAccess.GetLength(_file) > _length)
                {
                    RandomAccess.SetLength(_file, _length);
                }

                DurableFile.Append(_file, _length, frame, flushes);
                _length += frame.Length;
            }
            catch (IOException)
            {
                // What it says on the disk is not known: read it again before anything else is done to it.
                _session = null;
                Close();
                throw;
            }
        }

        /// <summary>Keeps in memory what lists need; the rest only while somebody owns the session.</summary>
        public void Settle()
        {
            Info = _session!.Info;
            _hasNews = _session.Signals.Count > 0 && _session.Signals[^1].Number > Info.SignalsSeen;
            Unload();
        }

        public void Unload()
        {
            if (_session is { Info.Owner: null })
            {
                Info = _session.Info;
                _hasNews = _session.Signals.Count > 0 && _session.Signals[^1].Number > Info.SignalsSeen;
                _session = null;
                Close();
            }
        }

        public void Close()
        {
            _file?.Dispose();
            _file = null;
        }
    }
}
