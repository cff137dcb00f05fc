using Npgsql;
using Xunit;

namespace AgentFlow.Tests;

/// <summary>A schema of its own in the database of a PostgreSQL server that the environment names.</summary>
public sealed class Database : IAsyncDisposable
{
    /// <summary>Tests that use the server run one by one: some of them depend on its clock.</summary>
    public const string Tests = "PostgreSQL";

    private Database(string connectionString) => ConnectionString = connectionString;

    public string ConnectionString { get; }

    public string Schema { get; } = $"t{Guid.NewGuid():n}";

    /// <summary>Skips the test if there is no server, or fails it where one is required.</summary>
    public static Database Open() => new(Require("AGENTFLOW_TEST_POSTGRES", "the connection string of a PostgreSQL server whose role may create schemas"));

    /// <summary>A database of another server, which a test may restart: nobody else uses it.</summary>
    public static Database OpenRestartable() => new(Require("AGENTFLOW_TEST_POSTGRES_RESTARTED", "the connection string of a PostgreSQL server that AGENTFLOW_TEST_POSTGRES_RESTART restarts"));

    /// <summary>The command that restarts the other server.</summary>
    public static string RestartCommand() => Require("AGENTFLOW_TEST_POSTGRES_RESTART", "a command that restarts the server of AGENTFLOW_TEST_POSTGRES_RESTARTED");

    public PostgreSqlSessionStore OpenStore(PostgreSqlSessionStoreOptions? options = null) => new(ConnectionString, (options ?? new()) with { Schema = Schema });

    public async Task<object?> QueryAsync(string sql)
    {
        // Not from a pool: what is in there may be of before a restart.
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(ConnectionString) { Pooling = false }.ToString());
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql.Replace("{schema}", Schema, StringComparison.Ordinal), connection);
        return await command.ExecuteScalarAsync();
    }

    public async ValueTask DisposeAsync() => await QueryAsync("DROP SCHEMA IF EXISTS {schema} CASCADE");

    private static string Require(string variable, string what)
    {
        var value = Environment.GetEnvironmentVariable(variable);
        if (string.IsNullOrEmpty(value))
        {
            Assert.SkipUnless(Environment.GetEnvironmentVariable("AGENTFLOW_REQUIRE_SERVERS") == "1", $"{variable} is not set: it is {what}.");
            Assert.Fail($"AGENTFLOW_REQUIRE_SERVERS is 1, and {variable} is not set: it is {what}.");
        }

        return value!;
    }
}
