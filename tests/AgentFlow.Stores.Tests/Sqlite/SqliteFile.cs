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
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    /// <summary>How the database goes about a query, step by step.</summary>
    public List<string> PlanOf(string sql)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = "EXPLAIN QUERY PLAN " + sql;
        using var reader = command.ExecuteReader();
        var steps = new List<string>();
        while (reader.Read())
        {
            steps.Add(reader.GetString(3));
        }

        return steps;
    }

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }

    public void Dispose() => _directory.Delete(recursive: true);
}
