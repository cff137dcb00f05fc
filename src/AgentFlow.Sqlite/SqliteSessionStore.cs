using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;

namespace AgentFlow;

/// <summary>
/// Keeps sessions in a SQLite database: the embedded store. One process has the file at a time. What returns is on the disk
/// (<c>synchronous=FULL</c>, write-ahead log), and sessions that write at the same time share a commit. The application brings the native
/// SQLite: the package <c>SQLitePCLRaw.bundle_e_sqlite3</c>, or another.
/// </summary>
/// <remarks>Tables of the application may be kept in the same file, which is how an action with <see cref="Effect.Transactional"/> gets at them. The store's have names that begin with <c>agentflow_</c>, and <c>PRAGMA user_version</c> is its own. If the file is deleted, moved or replaced while it is open, whatever writes throws a <see cref="StoreReplacedException"/>.</remarks>
public sealed class SqliteSessionStore : ITransactionalSessionStore
{
    private readonly SignalLimits _signalLimits;
    private readonly DatabaseFile _file;
    private readonly StoreClock _clock;
    private readonly Leases _leases;
    private readonly Writer _writer;
    private readonly Readers _readers;

    /// <summary>Opens a database, which is created if it is missing.</summary>
    /// <param name="path">The file, on a local disk; its directory is made if it is missing. Beside it, under its real name, there are <c>-wal</c> and <c>-shm</c>, which belong to it, and <c>-lock</c>.</param>
    /// <param name="options">How it is opened.</param>
    /// <exception cref="StoreInUseException">Another process, or another store of this one, has it open, by whatever name.</exception>
    /// <exception cref="IOException">It cannot be opened or made: the message says why. A file with several names (hard links) is refused.</exception>
    /// <exception cref="UnauthorizedAccessException">The file, or its directory, must not be written to.</exception>
    /// <exception cref="SqliteException">It is no database, or is too damaged to be read at all.</exception>
    /// <exception cref="NotSupportedException">It was written by a later version of this library, or lies where it cannot have a write-ahead log.</exception>
    public SqliteSessionStore(string path, SqliteSessionStoreOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= new();
        _signalLimits = options.SignalLimits;
        _clock = new StoreClock(options.TimeProvider);
        _leases = new Leases(_clock);
        _file = new DatabaseFile(path);
        try
        {
            var health = new FileHealth();
            _writer = new Writer(() => new WriteConnection(_file, _clock, _leases, health, options.ChecksOnOpen));
            _readers = new Readers(_file, health);
        }
        catch
        {
            _writer?.Dispose();
            _file.Dispose();
            throw;
        }
    }

    /// <inheritdoc />
    public async ValueTask<SessionClaim> CreateAsync(SessionInfo session, IReadOnlyList<JournalRecord> records, string owner, TimeSpan lease, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(records);
        ArgumentNullException.ThrowIfNull(owner);
        SessionId.Check(session.Id);
        return await WriteAsync(session.Id, c => c.Create(session, records, owner, lease), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public async ValueTask<SessionInfo> ForkAsync(SessionFork fork, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(fork);
        SessionId.Check(fork.Session.Id);
        return await WriteAsync(fork.Source, c => c.Fork(fork), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public ValueTask<SessionInfo?> FindAsync(string id, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(id);
        cancellationToken.ThrowIfCancellationRequested();
        return new(_readers.Read(id, id, static (c, id) => c.Find(id)) is { } info ? Owned(info) : null);
    }

    /// <inheritdoc />
    public ValueTask<IReadOnlyList<SessionInfo>> ListAsync(SessionQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        cancellationToken.ThrowIfCancellationRequested();
        return new([.. _readers.Read(null, query.At(_clock.Now), static (c, query) => c.List(query)).Select(Owned)]);
    }

    /// <inheritdoc />
    public ValueTask<IReadOnlyList<SessionInfo>> ListDueAsync(IReadOnlyCollection<string> agents, int limit, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(agents);
        cancellationToken.ThrowIfCancellationRequested();
        var now = _clock.Now;
        return new([.. agents.Distinct(StringComparer.Ordinal)
            .SelectMany(agent => _readers.Read(null, (agent, now), static (c, a) => c.ListDue(a.agent, a.now)))
            .Where(s => !_leases.IsOwned(s.Id))
            .OrderBy(static s => s.WakeAt ?? s.UpdatedAt)
            .Take(limit)
            .Select(Owned)]);
    }

    /// <inheritdoc />
    public ValueTask<TimeSpan?> NextDueAsync(IReadOnlyCollection<string> agents, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(agents);
        cancellationToken.ThrowIfCancellationRequested();
        return new(agents.Min(agent => _readers.Read(null, agent, static (c, agent) => c.NextDue(agent))) - _clock.Now);
    }

    /// <inheritdoc />
    public async ValueTask<SessionClaim?> ClaimAsync(string id, string owner, TimeSpan lease, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(id);
        ArgumentNullException.ThrowIfNull(owner);
        return await WriteAsync(id, c => c.Claim(id, owner, lease), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public ValueTask RenewAsync(SessionClaim claim, TimeSpan lease, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(claim);
        cancellationToken.ThrowIfCancellationRequested();

        // Not by the writer: a long transaction must not cost other sessions their leases.
        return _leases.Renew(claim, lease) ? default : throw new FencedException(claim.Id);
    }

    /// <inheritdoc />
    public ValueTask ReleaseAsync(SessionClaim claim, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(claim);
        _leases.Release(claim);
        return default;
    }

    /// <inheritdoc />
    public async ValueTask<DateTimeOffset> AppendAsync(SessionAppend append, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(append);
        return await WriteAsync(append.Claim.Id, c => c.Append(append), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc />
    /// <remarks>
    /// The body has the store's one writing connection to itself: all other writing waits for it. It must not write to the store, which would wait
    /// for itself and is refused with an <see cref="InvalidOperationException"/> where it can be known, and should not wait for anything slow. The
    /// transaction is a <see cref="SqliteTransaction"/>; its connection is the store's again as soon as it is over.
    /// </remarks>
    public async ValueTask<DateTimeOffset> ExecuteAsync(SessionClaim claim, Func<DbTransaction, CancellationToken, ValueTask<SessionAppend?>> body, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(claim);
        ArgumentNullException.ThrowIfNull(body);
        cancellationToken.ThrowIfCancellationRequested();
        return await WriteAsync(claim.Id, c => c.Execute(claim, body, cancellationToken), cancellationToken, isAlone: true).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<JournalRecord> ReadAsync(string id, long after, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(id);

        // Page by page, each read at one moment: a reader that stays long would keep the write-ahead log from being used again.
        await Task.CompletedTask.ConfigureAwait(false);
        after = Math.Max(0, after);
        var end = long.MaxValue;
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (page, last) = _readers.Read(id, (id, after), static (c, a) => (c.ReadPage(a.id, a.after, out var last), last));
            end = Math.Min(end, last);
            foreach (var record in page)
            {
                if (record.Sequence > end)
                {
                    yield break;
                }

                after = record.Sequence;
                yield return record;
            }
        }
        while (after < end);
    }

    /// <inheritdoc />
    public ValueTask<SessionSnapshot?> FindSnapshotAsync(string id, long upTo, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(id);
        cancellationToken.ThrowIfCancellationRequested();
        return new(_readers.Read(id, (id, upTo), static (c, a) => c.FindSnapshot(a.id, a.upTo)));
    }

    /// <inheritdoc />
    public async ValueTask<bool> SignalAsync(SignalRecord signal, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(signal);
        _signalLimits.CheckSize(signal);
        return await WriteAsync(signal.Session, c => c.Signal(signal, _signalLimits), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public ValueTask<IReadOnlyList<SignalRecord>> ReadSignalsAsync(string id, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(id);
        cancellationToken.ThrowIfCancellationRequested();
        return new(_readers.Read(id, id, static (c, id) => c.ReadSignals(id)));
    }

    /// <inheritdoc />
    public async ValueTask DeleteAsync(string id, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(id);
        await WriteAsync(id, c => c.Delete(id), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public async ValueTask<bool> TryDeleteAsync(SessionInfo seen, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(seen);
        return await WriteAsync(seen.Id, c => c.TryDelete(seen), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes what is queued, closes the file and gives it up.</summary>
    /// <returns>Completes when it is given up.</returns>
    public async ValueTask DisposeAsync()
    {
        LentConnection.ThrowIfLentHere(_file.Path);
        await Task.Run(_writer.Stop).ConfigureAwait(false);
        _readers.Dispose();

        // The last connection to be closed checkpoints, and the writer is who checkpoints.
        _writer.Dispose();
        _file.Dispose();
    }

    private SessionInfo Owned(SessionInfo info) => info with { Owner = _leases.OwnerOf(info.Id) };

    private Task<T> WriteAsync<T>(string session, Func<WriteConnection, T> execute, CancellationToken cancellationToken, bool isAlone = false)
    {
        LentConnection.ThrowIfLentHere(_file.Path);
        var request = new Request<T>(session, execute, isAlone, cancellationToken);
        _writer.Add(request);
        return request.Task;
    }
}
