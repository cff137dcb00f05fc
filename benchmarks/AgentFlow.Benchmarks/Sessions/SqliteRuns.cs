using Microsoft.Data.Sqlite;

namespace AgentFlow.Benchmarks.Sessions;

/// <summary>Durable appends to SQLite, beside the least that the same driver does for a durable row.</summary>
internal sealed class SqliteRuns : IAsyncDisposable
{
    private const int Concurrent = 256;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("agentflow-");
    private readonly SqliteConnection _raw;
    private readonly SqliteCommand _insert;
    private readonly SqliteSessionStore _store;
    private long _rows;

    public SqliteRuns()
    {
        _raw = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path.Combine(_directory.FullName, "raw.db"), Pooling = false }.ToString());
        _raw.Open();
        Run("PRAGMA journal_mode = WAL");
        Run("PRAGMA synchronous = FULL");
        Run("CREATE TABLE journal(session INTEGER NOT NULL, sequence INTEGER NOT NULL, recorded_at INTEGER NOT NULL, kind INTEGER NOT NULL, action TEXT NOT NULL, payload BLOB NOT NULL, PRIMARY KEY(session, sequence)) WITHOUT ROWID");
        _insert = _raw.CreateCommand();
        _insert.CommandText = "INSERT INTO journal VALUES(1, $sequence, 0, 1, 'Action', $payload)";
        _insert.Parameters.AddWithValue("$sequence", 0L);
        _insert.Parameters.AddWithValue("$payload", new byte[StoreScenario.Payload]);
        _insert.Prepare();
        _store = new SqliteSessionStore(Path.Combine(_directory.FullName, "agents.db"));
    }

    /// <summary>What is compared: the baseline first.</summary>
    public async Task<(string Name, Func<int, Task> Loop)[]> CasesAsync()
    {
        var one = await StoreScenario.CreateAsync(_store, "one", 1).ConfigureAwait(false);
        var many = await StoreScenario.CreateAsync(_store, "many", Concurrent).ConfigureAwait(false);
        return [("Raw rows", InsertAsync), ("1 session", one.AppendAsync), ($"{Concurrent} sessions", many.AppendAsync)];
    }

    public async ValueTask DisposeAsync()
    {
        await _insert.DisposeAsync().ConfigureAwait(false);
        await _raw.DisposeAsync().ConfigureAwait(false);
        await _store.DisposeAsync().ConfigureAwait(false);
        _directory.Delete(recursive: true);
    }

    private Task InsertAsync(int rows)
    {
        for (var i = 0; i < rows; i++)
        {
            _insert.Parameters[0].Value = ++_rows;
            _insert.ExecuteNonQuery();
        }

        return Task.CompletedTask;
    }

    private void Run(string sql)
    {
        using var command = _raw.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
