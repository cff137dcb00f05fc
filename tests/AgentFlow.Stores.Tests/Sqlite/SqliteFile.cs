using Microsoft.Data.Sqlite;

namespace AgentFlow.Stores.Tests;

/// <summary>A database in a directory of its own.</summary>
internal sealed class SqliteFile : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("agentflow-");

    public string Path => System.IO.Path.Combine(_directory.FullName, "agents.db");

    public SqliteSessionStore OpenStore() => new(Path);

    /// <summary>Looks at the file from outside the store.</summary>
    public object? Query(string sql)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path, Pooling = false }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    public void Dispose() => _directory.Delete(recursive: true);
}
