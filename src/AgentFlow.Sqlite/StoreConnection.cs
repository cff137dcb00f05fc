using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace AgentFlow;

/// <summary>A connection with its prepared statements, which live as long as it does. Not thread-safe.</summary>
internal abstract class StoreConnection : IDisposable
{
    private readonly List<Statement> _statements = [];
    private Statement? _find;

    protected StoreConnection(string path, FileHealth health, SqliteOpenMode mode)
    {
        Health = health;

        // The library keeps its own connections; the driver's pool would hold the file open after them.
        var connectionString = new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false, DefaultTimeout = 5 }.ToString();
        Inner = mode == SqliteOpenMode.ReadOnly ? new SqliteConnection(connectionString) : new LentConnection(path, connectionString);
        try
        {
            Inner.Open();
            raw.sqlite3_busy_timeout(Handle, 5_000);

            // A cell that reaches beyond its page is told, and not read.
            Schema.Query(Inner, "PRAGMA cell_size_check = ON");
        }
        catch
        {
            Inner.Dispose();
            throw;
        }
    }

    protected FileHealth Health { get; }

    protected SqliteConnection Inner { get; }

    protected sqlite3 Handle => Inner.Handle!;

    /// <summary>Finds a session's row.</summary>
    /// <exception cref="DamagedSessionException">It is not what was written, or may be one that cannot be read.</exception>
    protected SessionRow? FindRow(string id)
    {
        _find ??= Prepare($"SELECT {SessionRow.Columns} FROM agentflow_sessions WHERE id = ?1");
        try
        {
            if (_find.Bind(1, id).Step())
            {
                return SessionRow.Read(_find, id);
            }

            Health.RefuseAbsence(id);
            return null;
        }
        finally
        {
            _find.Reset();
        }
    }

    protected Statement Prepare(string sql)
    {
        var statement = new Statement(Handle, sql);
        _statements.Add(statement);
        return statement;
    }

    public void Dispose()
    {
        foreach (var statement in _statements)
        {
            statement.Dispose();
        }

        Inner.Dispose();
    }
}
