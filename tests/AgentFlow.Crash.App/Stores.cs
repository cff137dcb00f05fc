using Npgsql;

namespace AgentFlow.Crash;

/// <summary>The durable stores by name, for one run that has a folder of its own.</summary>
public static class Stores
{
    public static IReadOnlyList<string> Names { get; } = ["file", "sqlite", "postgres"];

    public static ISessionStore Open(string name, string folder) => name switch
    {
        "file" => new FileSessionStore(Path.Combine(folder, "sessions")),
        "sqlite" => new SqliteSessionStore(Path.Combine(folder, "sessions.db")),
        "postgres" => PostgreSql(Path.GetFileName(folder)),
        _ => throw new ArgumentException($"There is no store '{name}'.", nameof(name)),
    };

    /// <summary>The run's schema has the name of its folder. What actions write without naming a schema goes there too.</summary>
    private static PostgreSqlSessionStore PostgreSql(string schema)
    {
        // Few connections: many processes share the server.
        var connection = new NpgsqlConnectionStringBuilder(Environment.GetEnvironmentVariable("AGENTFLOW_TEST_POSTGRES")) { SearchPath = schema, MaxPoolSize = 16 };
        return new(connection.ToString(), new() { Schema = schema });
    }
}
