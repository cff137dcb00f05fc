using Npgsql;

namespace AgentFlow;

/// <summary>Keeps memories in PostgreSQL. Each call is one transaction.</summary>
/// <remarks>What was deleted stays in the server's files until its vacuum has passed, and in its log and backups for as long as these are kept.</remarks>
public sealed class PostgreSqlMemoryStore : IMemoryStore, IAsyncDisposable
{
    private readonly Connections _connections;
    private readonly PostgreSqlMemoryStoreOptions _options;
    private readonly string _table;

    /// <summary>Opens a store. It connects when it is first used.</summary>
    /// <param name="connectionString">Where the database is, and how to connect. Unless it says otherwise, statements are prepared automatically.</param>
    /// <param name="options">How the store is opened.</param>
    /// <exception cref="ArgumentException">The connection string or the name of the schema is malformed.</exception>
    public PostgreSqlMemoryStore(string connectionString, PostgreSqlMemoryStoreOptions? options = null)
        : this(Connections.CreateSource(connectionString), options ?? new(), ownsSource: true)
    {
    }

    /// <summary>Opens a store over connections of the application, which disposes of them.</summary>
    /// <param name="source">Gives connections.</param>
    /// <param name="options">How the store is opened.</param>
    /// <exception cref="ArgumentException">The name of the schema is malformed.</exception>
    public PostgreSqlMemoryStore(NpgsqlDataSource source, PostgreSqlMemoryStoreOptions? options = null)
        : this(source, options ?? new(), ownsSource: false)
    {
    }

    private PostgreSqlMemoryStore(NpgsqlDataSource source, PostgreSqlMemoryStoreOptions options, bool ownsSource)
    {
        ArgumentNullException.ThrowIfNull(source);
        _options = options;
        _table = Schema.CheckName(options.Schema) + ".memories";
        _connections = new(source, ownsSource, options.Schema, options.Migrate);
    }

    /// <inheritdoc />
    public ValueTask<MemoryRecord> AddAsync(MemoryRecord memory, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(memory);
        memory.Validate();
        return ChangeAsync(async connection =>
        {
            var insert = Command(connection, $"INSERT INTO {_table}(subject, id, kind, session, created_at, payload) VALUES($1, $2, $3, $4, $5, $6) ON CONFLICT (subject, id) DO NOTHING RETURNING sequence", Values(memory));
            await using (insert.ConfigureAwait(false))
            {
                if (await insert.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is long sequence)
                {
                    return memory with { Sequence = sequence };
                }
            }

            // A share lock waits for whoever changes it, and sees what came of that.
            var find = Command(connection, $"SELECT sequence, id, payload FROM {_table} WHERE subject = $1 AND id = $2 FOR SHARE", Rows.Of(memory.Subject), Rows.Of(memory.Id));
            await using (find.ConfigureAwait(false))
            {
                var found = await ReadAsync(find, memory.Subject, cancellationToken).ConfigureAwait(false);
                return found.Count > 0 ? found[0] : throw new InvalidOperationException($"Memory '{memory.Id}' was deleted while it was added. Add it again.");
            }
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

        return ChangeAsync(async connection =>
        {
            var updated = 0;

            // In one order whoever does it, so that two of them do not wait for each other.
            foreach (var memory in memories.OrderBy(static m => m.Subject, StringComparer.Ordinal).ThenBy(static m => m.Id, StringComparer.Ordinal))
            {
                var update = Command(connection, $"UPDATE {_table} SET kind = $3, session = $4, created_at = $5, payload = $6 WHERE subject = $1 AND id = $2", Values(memory));
                await using (update.ConfigureAwait(false))
                {
                    updated += await update.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
                }
            }

            return updated;
        }, cancellationToken);
    }

    /// <inheritdoc />
    public ValueTask<int> DeleteAsync(string subject, IReadOnlyList<string> ids, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(subject);
        ArgumentNullException.ThrowIfNull(ids);
        return ChangeAsync(
            async connection =>
            {
                var delete = Command(connection, $"DELETE FROM {_table} WHERE subject = $1 AND id = ANY($2)", Rows.Of(subject), Rows.Of([.. ids]));
                await using (delete.ConfigureAwait(false))
                {
                    return await delete.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
                }
            },
            cancellationToken);
    }

    /// <inheritdoc />
    public ValueTask<int> DeleteSubjectAsync(string subject, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(subject);
        return ChangeAsync(
            async connection =>
            {
                var delete = Command(connection, $"DELETE FROM {_table} WHERE subject = $1", Rows.Of(subject));
                await using (delete.ConfigureAwait(false))
                {
                    return await delete.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
                }
            },
            cancellationToken);
    }

    /// <inheritdoc />
    public async ValueTask<MemoryPage> ListAsync(MemoryQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        var connection = await _connections.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var closing = connection.ConfigureAwait(false);
        var select = Command(
            connection,
            $"""
            SELECT sequence, id, payload FROM {_table}
            WHERE subject = $1 AND sequence > $2 AND ($3::smallint IS NULL OR kind = $3) AND ($4::text IS NULL OR session = $4)
                AND ($5::bigint IS NULL OR created_at >= $5) AND ($6::bigint IS NULL OR created_at < $6)
            ORDER BY sequence LIMIT $7
            """,
            Rows.Of(query.Subject),
            Rows.Of(query.After),
            Rows.Of((short?)query.Kind),
            Rows.Of(query.Session),
            Rows.Of(query.From?.UtcTicks),
            Rows.Of(query.To?.UtcTicks),

            // One more tells whether there is another page.
            Rows.Of(query.Count + 1L));
        await using (select.ConfigureAwait(false))
        {
            var page = await ReadAsync(select, query.Subject, cancellationToken).ConfigureAwait(false);
            if (page.Count <= query.Count)
            {
                return new(page, null);
            }

            page.RemoveAt(query.Count);
            return new(page, page[^1].Sequence);
        }
    }

    /// <summary>Closes the connections that are the store's own.</summary>
    /// <returns>Completes when they are closed.</returns>
    public ValueTask DisposeAsync() => _connections.DisposeAsync();

    private NpgsqlParameter[] Values(MemoryRecord memory) =>
    [
        Rows.Of(memory.Subject),
        Rows.Of(memory.Id),
        Rows.Of((short)memory.Kind),
        Rows.Of(memory.Session),
        Rows.Of(memory.CreatedAt.UtcTicks),
        Rows.Of(MemoryPayload.Seal(memory, _options.Encryption)),
    ];

    private async ValueTask<T> ChangeAsync<T>(Func<NpgsqlConnection, Task<T>> change, CancellationToken cancellationToken)
    {
        var connection = await _connections.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var closing = connection.ConfigureAwait(false);
        var transaction = await Connections.BeginAsync(connection, cancellationToken).ConfigureAwait(false);
        await using var ending = transaction.ConfigureAwait(false);
        var result = await change(connection).ConfigureAwait(false);
        await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
        return result;
    }

    private async Task<List<MemoryRecord>> ReadAsync(NpgsqlCommand command, string subject, CancellationToken cancellationToken)
    {
        var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var reading = reader.ConfigureAwait(false);
        var memories = new List<MemoryRecord>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            memories.Add(MemoryPayload.Open(reader.GetFieldValue<byte[]>(2), subject, reader.GetString(1), reader.GetInt64(0), _table, _options.Encryption));
        }

        return memories;
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, params NpgsqlParameter[] parameters)
    {
#pragma warning disable CA2100 // The statements are constants with a validated name of a schema.
        var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        command.Parameters.AddRange(parameters);
        return command;
    }
}
