using Microsoft.Data.Sqlite;

namespace AgentFlow;

/// <summary>
/// Keeps memories in a SQLite database, a file of its own: not that of a session store. What a method has done is on the disk when it returns. Any number of processes may have the file open;
/// calls run synchronously, one at a time.
/// </summary>
public sealed class SqliteMemoryStore : IMemoryStore, IDisposable
{
    private const long Version = 1;

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
    private readonly SqliteMemoryStoreOptions _options;
    private readonly SqliteConnection _connection;
    private readonly string _path;
    private bool _isDisposed;

    /// <summary>Opens a database, or makes it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How it is opened.</param>
    /// <exception cref="NotSupportedException">It was written by a later version of the library, or is a database of something else.</exception>
    /// <exception cref="DamagedMemoryException">It is no database.</exception>
    /// <exception cref="SqliteException">It cannot be opened.</exception>
    public SqliteMemoryStore(string path, SqliteMemoryStoreOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _path = Path.GetFullPath(path);
        _options = options ?? new();
        _connection = new(new SqliteConnectionStringBuilder { DataSource = _path, Pooling = false, DefaultTimeout = 5 }.ToString());
        try
        {
            Guard(() =>
            {
                _connection.Open();
                Run("PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA cell_size_check = ON");
                Migrate();
                return true;
            });
        }
        catch
        {
            _connection.Dispose();
            throw;
        }
    }

    /// <inheritdoc />
    public ValueTask<MemoryRecord> AddAsync(MemoryRecord memory, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(memory);
        memory.Validate();
        return Change(transaction =>
        {
            using var insert = Command("INSERT INTO agentflow_memories(subject, id, kind, session, created_at, payload) VALUES($subject, $id, $kind, $session, $created, $payload) ON CONFLICT(subject, id) DO NOTHING", transaction);
            Bind(insert, memory);
            if (insert.ExecuteNonQuery() > 0)
            {
                using var number = Command("SELECT last_insert_rowid()", transaction);
                return memory with { Sequence = (long)number.ExecuteScalar()! };
            }

            using var find = Command("SELECT sequence, id, payload FROM agentflow_memories WHERE subject = $subject AND id = $id", transaction);
            find.Parameters.AddWithValue("$subject", memory.Subject);
            find.Parameters.AddWithValue("$id", memory.Id);
            using var reader = find.ExecuteReader();
            reader.Read();
            return Read(reader, memory.Subject);
        }, cancellationToken);
    }

    /// <inheritdoc />
    public ValueTask<int> UpdateAsync(IReadOnlyList<MemoryRecord> memories, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(memories);
        foreach (var memory in memories)
        {
            memory.Validate();
        }

        return Change(transaction =>
        {
            var updated = 0;
            foreach (var memory in memories)
            {
                using var update = Command("UPDATE agentflow_memories SET kind = $kind, session = $session, created_at = $created, payload = $payload WHERE subject = $subject AND id = $id", transaction);
                Bind(update, memory);
                updated += update.ExecuteNonQuery();
            }

            return updated;
        }, cancellationToken);
    }

    /// <inheritdoc />
    public ValueTask<int> DeleteAsync(string subject, IReadOnlyList<string> ids, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(subject);
        ArgumentNullException.ThrowIfNull(ids);
        return Change(transaction =>
        {
            var deleted = 0;
            foreach (var id in ids)
            {
                using var delete = Command("DELETE FROM agentflow_memories WHERE subject = $subject AND id = $id", transaction);
                delete.Parameters.AddWithValue("$subject", subject);
                delete.Parameters.AddWithValue("$id", id);
                deleted += delete.ExecuteNonQuery();
            }

            return deleted;
        }, cancellationToken);
    }

    /// <inheritdoc />
    public ValueTask<int> DeleteSubjectAsync(string subject, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(subject);
        var deleted = Change(transaction =>
        {
            using var delete = Command("DELETE FROM agentflow_memories WHERE subject = $subject", transaction);
            delete.Parameters.AddWithValue("$subject", subject);
            return delete.ExecuteNonQuery();
        }, cancellationToken);

        // What was deleted is overwritten in the file; the log has to go as well.
        lock (_gate)
        {
            Guard(() => Run("PRAGMA wal_checkpoint(TRUNCATE)"));
        }

        return deleted;
    }

    /// <inheritdoc />
    public ValueTask<MemoryPage> ListAsync(MemoryQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return new(Guard(() => List(query)));
        }
    }

    /// <summary>Closes the database.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            _connection.Dispose();
        }
    }

    private MemoryPage List(MemoryQuery query)
    {
        using var select = Command("""
            SELECT sequence, id, payload FROM agentflow_memories
            WHERE subject = $subject AND sequence > $after AND ($kind IS NULL OR kind = $kind) AND ($session IS NULL OR session = $session)
                AND ($from IS NULL OR created_at >= $from) AND ($to IS NULL OR created_at < $to)
            ORDER BY sequence LIMIT $count
            """, null);
        select.Parameters.AddWithValue("$subject", query.Subject);
        select.Parameters.AddWithValue("$after", query.After);
        select.Parameters.AddWithValue("$kind", query.Kind is { } kind ? (long)kind : DBNull.Value);
        select.Parameters.AddWithValue("$session", query.Session is { } session ? session : DBNull.Value);
        select.Parameters.AddWithValue("$from", query.From is { } from ? from.UtcTicks : DBNull.Value);
        select.Parameters.AddWithValue("$to", query.To is { } to ? to.UtcTicks : DBNull.Value);

        // One more tells whether there is another page.
        select.Parameters.AddWithValue("$count", query.Count + 1L);
        using var reader = select.ExecuteReader();
        var page = new List<MemoryRecord>();
        while (reader.Read())
        {
            if (page.Count == query.Count)
            {
                return new(page, page[^1].Sequence);
            }

            page.Add(Read(reader, query.Subject));
        }

        return new(page, null);
    }

    private ValueTask<T> Change<T>(Func<SqliteTransaction, T> change, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return new(Guard(() =>
            {
                using var transaction = _connection.BeginTransaction(deferred: false);
                var result = change(transaction);
                transaction.Commit();
                return result;
            }));
        }
    }

    private T Guard<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (SqliteException e) when (Errors.IsDamage(e))
        {
            throw new DamagedMemoryException(_path, e.Message.TrimEnd('.'), e);
        }
    }

    /// <exception cref="NotSupportedException">It was written by a later version, or is something else's.</exception>
    private void Migrate()
    {
        using var transaction = _connection.BeginTransaction(deferred: false);
        using var read = Command("SELECT (SELECT user_version FROM pragma_user_version), (SELECT count(*) FROM sqlite_master), (SELECT count(*) FROM sqlite_master WHERE name = 'agentflow_memories')", transaction);
        long version;
        using (var reader = read.ExecuteReader())
        {
            reader.Read();
            version = reader.GetInt64(0);
            if (reader.GetInt64(1) > 0 && reader.GetInt64(2) == 0)
            {
                throw new NotSupportedException($"'{_path}' is a database of something else. Give memories a file of their own.");
            }
        }

        if (version > Version)
        {
            throw new NotSupportedException($"'{_path}' has version {version} of the schema, and this library knows {Version}. Use the library that wrote it, or a later one.");
        }

        if (version == 0)
        {
            using var create = Command(Tables, transaction);
            create.ExecuteNonQuery();
            using var set = Command(FormattableString.Invariant($"PRAGMA user_version = {Version}"), transaction);
            set.ExecuteNonQuery();
        }

        transaction.Commit();
    }

    private int Run(string sql)
    {
        using var command = Command(sql, null);
        return command.ExecuteNonQuery();
    }

    private SqliteCommand Command(string sql, SqliteTransaction? transaction)
    {
        var command = _connection.CreateCommand();
        command.Transaction = transaction;
#pragma warning disable CA2100 // Only constants of this class come here; values are parameters.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command;
    }

    private void Bind(SqliteCommand command, MemoryRecord memory)
    {
        command.Parameters.AddWithValue("$subject", memory.Subject);
        command.Parameters.AddWithValue("$id", memory.Id);
        command.Parameters.AddWithValue("$kind", (long)memory.Kind);
        command.Parameters.AddWithValue("$session", memory.Session is { } session ? session : DBNull.Value);
        command.Parameters.AddWithValue("$created", memory.CreatedAt.UtcTicks);
        command.Parameters.AddWithValue("$payload", MemoryPayload.Seal(memory, _options.Encryption));
    }

    private MemoryRecord Read(SqliteDataReader reader, string subject) =>
        MemoryPayload.Open((byte[])reader.GetValue(2), subject, reader.GetString(1), reader.GetInt64(0), _path, _options.Encryption);
}
