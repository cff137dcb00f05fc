using Npgsql;

namespace AgentFlow.Stores.Tests;

/// <summary>A schema of its own in the database that <c>AGENTFLOW_TEST_POSTGRES</c> leads to.</summary>
public sealed class Database : IAsyncDisposable
{
    /// <summary>Tests that use the server run one by one: one of them restarts it.</summary>
    public const string Tests = "PostgreSQL";

    private Database(string connectionString) => ConnectionString = connectionString;

    public string ConnectionString { get; }

    public string Schema { get; } = $"t{Guid.NewGuid():n}";

    /// <summary>Skips the test if there is no server, or fails it where one is required.</summary>
    public static Database Open()
    {
        var connectionString = Environment.GetEnvironmentVariable("AGENTFLOW_TEST_POSTGRES");
        if (string.IsNullOrEmpty(connectionString))
        {
            Assert.SkipUnless(Environment.GetEnvironmentVariable("AGENTFLOW_REQUIRE_SERVERS") == "1", "AGENTFLOW_TEST_POSTGRES is not set: it is the connection string of a PostgreSQL server whose role may create schemas.");
            Assert.Fail("AGENTFLOW_REQUIRE_SERVERS is 1, and AGENTFLOW_TEST_POSTGRES is not set.");
        }

        return new Database(connectionString!);
    }

    public PostgreSqlSessionStore OpenStore() => new(ConnectionString, new() { Schema = Schema });

    public async Task<object?> QueryAsync(string sql)
    {
        // Not from a pool: what is in there may be of before a restart.
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(ConnectionString) { Pooling = false }.ToString());
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql.Replace("{schema}", Schema, StringComparison.Ordinal), connection);
        return await command.ExecuteScalarAsync();
    }

    public async ValueTask DisposeAsync() => await QueryAsync("DROP SCHEMA IF EXISTS {schema} CASCADE");
}
