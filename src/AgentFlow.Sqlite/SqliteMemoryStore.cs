using System.Diagnostics;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace AgentFlow;

/// <summary>
/// Keeps memories in a SQLite database, a file of its own: not that of a session store. What a method has done is on the disk when it returns. Any number of processes may have the file open;
/// calls run synchronously, one at a time, and are given up with a <see cref="SqliteException"/> after five seconds in which others write.
/// </summary>
public sealed class SqliteMemoryStore : IMemoryStore, IDisposable
{
    private const long Version = 1;

    /// <summary>How long others may write before a call is given up.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private const string Tables = """
        CREATE TABLE agentflow_memories(
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            subject TEXT NOT NULL,
            id TEXT NOT NULL,
            kind INTEGER NOT NULL,
            session TEXT,
            created_at INTEGER NOT NULL,
            payload BLOB NOT NULL,
            UNIQUE(subject, id));
        CREATE INDEX agentflow_memories_in_order ON agentflow_memories(subject, sequence);
        """;

    private readonly Lock _gate = new();
    private readonly List<Statement> _statements = [];
    private readonly SqliteMemoryStoreOptions _options;
    private readonly SqliteConnection _connection;
    private readonly string _path;
    private readonly FileIdentity _identity;
    private readonly Statement _begin;
    private readonly Statement _commit;
    private readonly Statement _rollback;
    private readonly Statement _insert;
    private readonly Statement _find;
    private readonly Statement _update;
    private readonly Statement _delete;
    private readonly Statement _deleteSubject;
    private readonly Statement _list;
    private readonly Statement _emptyLog;
    private bool _isDisposed;

    /// <summary>Opens a database, or makes it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How it is opened.</param>
    /// <exception cref="NotSupportedException">It was written by a later version of the library, or is a database of something else.</exception>
    /// <exception cref="DamagedMemoryException">It is no database.</exception>
    /// <exception cref="SqliteException">It cannot be opened.</exception>
    /// <exception cref="IOException">It is not a file (a directory, a pipe, a socket, a device), or has several names (hard links).</exception>
    public SqliteMemoryStore(string path, SqliteMemoryStoreOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _path = FileIdentity.RealPath(path);
        _options = options ?? new();
        DatabaseFile.RefuseOthers(_path, "memories need a file");
        FileIdentity.Of(_path, out var names);
        DatabaseFile.RefuseNames(_path, names);
        _connection = new(new SqliteConnectionStringBuilder { DataSource = _path, Pooling = false, DefaultTimeout = 5 }.ToString());
        try
        {
            _connection.Open();
            Schema.Query(_connection, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA cell_size_check = ON");
            Migrate();
            _identity = FileIdentity.Of(_path);

            // SQLite's own waiting sleeps for whole seconds where it was built without a finer clock.
            raw.sqlite3_busy_timeout(_connection.Handle, 0);
            _begin = Prepare("BEGIN IMMEDIATE");
            _commit = Prepare("COMMIT");
            _rollback = Prepare("ROLLBACK");
            _insert = Prepare("INSERT INTO agentflow_memories(subject, id, kind, session, created_at, payload) VALUES(?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT(subject, id) DO NOTHING");
            _find = Prepare("SELECT sequence, id, payload FROM agentflow_memories WHERE subject = ?1 AND id = ?2");
            _update = Prepare("UPDATE agentflow_memories SET kind = ?3, session = ?4, created_at = ?5, payload = ?6 WHERE subject = ?1 AND id = ?2");
            _delete = Prepare("DELETE FROM agentflow_memories WHERE subject = ?1 AND id = ?2");
            _deleteSubject = Prepare("DELETE FROM agentflow_memories WHERE subject = ?1");
            _list = Prepare("""
                SELECT sequence, id, payload FROM agentflow_memories
                WHERE subject = ?1 AND sequence > ?2 AND (?3 IS NULL OR kind = ?3) AND (?4 IS NULL OR session = ?4) AND (?5 IS NULL OR created_at >= ?5) AND (?6 IS NULL OR created_at < ?6)
                ORDER BY sequence LIMIT ?7
                """);
            _emptyLog = Prepare("PRAGMA wal_checkpoint(TRUNCATE)");
        }
        catch (Exception e)
        {
            Dispose();
            if (e is SqliteException damage && Errors.IsDamage(damage))
            {
                throw Damaged(damage);
            }

            throw;
        }
    }

    /// <inheritdoc />
    public ValueTask<MemoryRecord> AddAsync(MemoryRecord memory, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(memory);
        memory.Validate();
        return new(Change(() =>
        {
            Bind(_insert, memory).Run();
            if (_insert.Changes > 0)
            {
                return memory with { Sequence = _insert.LastRow };
            }

            try
            {
                _find.Bind(1, memory.Subject).Bind(2, memory.Id).Step();
                return Read(_find, memory.Subject);
            }
            finally
            {
                _find.Reset();
            }
        }, cancellationToken));
    }

    /// <inheritdoc />
    public ValueTask<int> UpdateAsync(IReadOnlyList<MemoryRecord> memories, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(memories);
        foreach (var memory in memories)
        {
            memory.Validate();
        }

        return new(Change(() => memories.Sum(memory => Count(Bind(_update, memory))), cancellationToken));
    }

    /// <inheritdoc />
    public ValueTask<int> DeleteAsync(string subject, IReadOnlyList<string> ids, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(subject);
        ArgumentNullException.ThrowIfNull(ids);
        return new(Change(() => ids.Sum(id => Count(_delete.Bind(1, subject).Bind(2, id))), cancellationToken));
    }

    /// <inheritdoc />
    public ValueTask<int> DeleteSubjectAsync(string subject, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(subject);
        lock (_gate)
        {
            var deleted = Change(() => Count(_deleteSubject.Bind(1, subject)), cancellationToken);

            // What was deleted is overwritten in the file; the log that still has it is emptied.
            Use(EmptyLog);
            return new(deleted);
        }
    }

    /// <inheritdoc />
    public ValueTask<MemoryPage> ListAsync(MemoryQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        cancellationToken.ThrowIfCancellationRequested();
        return new(Use(() =>
        {
            try
            {
                return List(query);
            }
            finally
            {
                _list.Reset();
            }
        }));
    }

    /// <summary>Closes the database.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            _statements.ForEach(static statement => statement.Dispose());
            _statements.Clear();
            _connection.Dispose();
        }
    }

    private MemoryPage List(MemoryQuery query)
    {
        // One more tells whether there is another page.
        _list.Bind(1, query.Subject).Bind(2, query.After).Bind(3, (long?)query.Kind).Bind(4, query.Session).Bind(5, query.From?.UtcTicks).Bind(6, query.To?.UtcTicks).Bind(7, query.Count + 1L);
        var page = new List<MemoryRecord>();
        while (_list.Step())
        {
            if (page.Count == query.Count)
            {
                return new(page, page[^1].Sequence);
            }

            page.Add(Read(_list, query.Subject));
        }

        return new(page, null);
    }

    /// <summary>Changes all of it or nothing.</summary>
    private T Change<T>(Func<T> change, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Use(() =>
        {
            _begin.Run();
            try
            {
                var result = change();

                // What is written to a file that has no name any more is lost with it.
                _identity.Check(_path);
                _commit.Run();
                return result;
            }
            catch
            {
                RollBack();
                throw;
            }
        });
    }

    private void RollBack()
    {
        try
        {
            _rollback.Run();
        }
        catch (SqliteException)
        {
            // SQLite has done so by itself.
        }
    }

    private bool EmptyLog()
    {
        try
        {
            // Somebody who reads from it keeps it as it is.
            return !_emptyLog.Step() || _emptyLog.Number(0) == 0 ? true : throw new SqliteException("The log of the database is in use.", raw.SQLITE_BUSY);
        }
        finally
        {
            _emptyLog.Reset();
        }
    }

    /// <summary>Does something that has no effect unless it ends well; while another process writes, again and again.</summary>
    private T Use<T>(Func<T> work)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            for (var start = Stopwatch.GetTimestamp(); ;)
            {
                try
                {
                    return work();
                }
                catch (SqliteException e) when (e.SqliteErrorCode == raw.SQLITE_BUSY && Stopwatch.GetElapsedTime(start) < Patience)
                {
                    Thread.Sleep(1);
                }
                catch (SqliteException e) when (Errors.IsDamage(e))
                {
                    throw Damaged(e);
                }
            }
        }
    }

    private DamagedMemoryException Damaged(SqliteException e) => new(_path, e.Message.TrimEnd('.'), e);

    /// <exception cref="NotSupportedException">It was written by a later version, or is something else's.</exception>
    private void Migrate()
    {
        using var transaction = _connection.BeginTransaction(deferred: false);
        var version = (long)Schema.Query(_connection, "PRAGMA user_version", transaction)!;
        if (Schema.Query(_connection, "SELECT count(*) FROM sqlite_master", transaction) is > 0L && Schema.Query(_connection, "SELECT count(*) FROM sqlite_master WHERE name = 'agentflow_memories'", transaction) is 0L)
        {
            throw new NotSupportedException($"'{_path}' is a database of something else. Give memories a file of their own.");
        }

        if (version > Version)
        {
            throw new NotSupportedException($"'{_path}' has version {version} of the schema, and this library knows {Version}. Use the library that wrote it, or a later one.");
        }

        if (version == 0)
        {
            Schema.Query(_connection, Tables, transaction);
            Schema.Query(_connection, FormattableString.Invariant($"PRAGMA user_version = {Version}"), transaction);
        }

        transaction.Commit();
    }

    private Statement Prepare(string sql)
    {
        var statement = new Statement(_connection.Handle!, sql);
        _statements.Add(statement);
        return statement;
    }

    private static int Count(Statement statement)
    {
        statement.Run();
        return statement.Changes;
    }

    private Statement Bind(Statement statement, MemoryRecord memory) =>
        statement.Bind(1, memory.Subject).Bind(2, memory.Id).Bind(3, (long)memory.Kind).Bind(4, memory.Session).Bind(5, memory.CreatedAt.UtcTicks).Bind(6, MemoryPayload.Seal(memory, _options.Encryption));

    private MemoryRecord Read(Statement row, string subject) => MemoryPayload.Open(row.Bytes(2).ToArray(), subject, row.Text(1), row.Number(0), _path, _options.Encryption);
}
