using Npgsql;

namespace AgentFlow.Benchmarks.Sessions;

/// <summary>Durable appends of many sessions to PostgreSQL, beside conditional inserts of as many that the same driver pipelines.</summary>
internal sealed class PostgreSqlRuns : IAsyncDisposable
{
    private const int Concurrent = 64;

    private readonly string _schema = $"b{Guid.NewGuid():n}";
    private readonly NpgsqlDataSource _source;
    private readonly PostgreSqlSessionStore _store;
    private readonly long[] _sequences = new long[Concurrent];

    public PostgreSqlRuns(string connectionString)
    {
        _source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { MaxAutoPrepare = 32, AutoPrepareMinUsages = 2 });
        _store = new PostgreSqlSessionStore(_source, new() { Schema = _schema });
    }

    /// <summary>What is compared: the baseline first.</summary>
    public async Task<(string Name, Func<int, Task> Loop)[]> CasesAsync()
    {
        var many = await StoreScenario.CreateAsync(_store, "many", Concurrent).ConfigureAwait(false);
        var one = await StoreScenario.CreateAsync(_store, "one", 1).ConfigureAwait(false);
        await RunAsync($"""
            CREATE TABLE {_schema}.raw_sessions(id text PRIMARY KEY, sequence bigint NOT NULL, epoch bigint NOT NULL);
            CREATE TABLE {_schema}.raw_journal(session text NOT NULL, sequence bigint NOT NULL, recorded_at timestamptz NOT NULL, kind smallint NOT NULL, action text NOT NULL, payload bytea NOT NULL, PRIMARY KEY(session, sequence));
            INSERT INTO {_schema}.raw_sessions SELECT 'many-' || i, 0, 1 FROM generate_series(0, {Concurrent - 1}) AS i
            """).ConfigureAwait(false);
        return [("Raw pipeline", InsertAsync), ($"{Concurrent} sessions", many.AppendAsync), ("1 session", one.AppendAsync)];
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync().ConfigureAwait(false);
        await RunAsync($"DROP SCHEMA {_schema} CASCADE").ConfigureAwait(false);
        await _source.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Batches of one conditional insert a session: one round trip and one commit each.</summary>
    private async Task InsertAsync(int rows)
    {
        await using var connection = await _source.OpenConnectionAsync().ConfigureAwait(false);
        for (var done = 0; done < rows; done += Concurrent)
        {
            await using var batch = new NpgsqlBatch(connection);
            for (var i = 0; i < Math.Min(Concurrent, rows - done); i++)
            {
                var sql = $"""
                    WITH s AS (UPDATE {_schema}.raw_sessions SET sequence = sequence + 1 WHERE id = $1 AND epoch = $2 AND sequence = $3 RETURNING id, sequence)
                    INSERT INTO {_schema}.raw_journal SELECT id, sequence, clock_timestamp(), $4, $5, $6 FROM s RETURNING recorded_at
                    """;
                batch.BatchCommands.Add(new NpgsqlBatchCommand(sql)
                {
                    Parameters =
                    {
                        new NpgsqlParameter<string> { TypedValue = $"many-{i}" },
                        new NpgsqlParameter<long> { TypedValue = 1 },
                        new NpgsqlParameter<long> { TypedValue = _sequences[i]++ },
                        new NpgsqlParameter<short> { TypedValue = 1 },
                        new NpgsqlParameter<string> { TypedValue = "Action" },
                        new NpgsqlParameter<byte[]> { TypedValue = new byte[StoreScenario.Payload] },
                    },
                });
            }

            await using var reader = await batch.ExecuteReaderAsync().ConfigureAwait(false);
            do
            {
                if (!await reader.ReadAsync().ConfigureAwait(false))
                {
                    throw new InvalidOperationException("A conditional insert was refused.");
                }
            }
            while (await reader.NextResultAsync().ConfigureAwait(false));
        }
    }

    private async Task RunAsync(string sql)
    {
        await using var command = _source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync().ConfigureAwait(false);
    }
}
