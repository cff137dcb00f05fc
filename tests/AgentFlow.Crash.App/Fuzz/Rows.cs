using AgentFlow.Fuzz;

namespace AgentFlow.Crash.Fuzz;

/// <summary>The rows that transactional actions of random agents write into the store's own database.</summary>
public static class Rows
{
    private const string Table = "CREATE TABLE IF NOT EXISTS fuzz_rows (k TEXT NOT NULL)";

    public static async ValueTask BookAsync(ActionContext context, string key) => await ExecuteAsync(context, "INSERT INTO fuzz_rows VALUES (@key)", key).ConfigureAwait(false);

    /// <summary>Makes the table, through an agent: whoever has a store has no connection.</summary>
    public static async Task MakeAsync(ISessionStore store) => await RunAsync(store, "rows-made", Table).ConfigureAwait(false);

    public static async Task<string[]> ReadAsync(ISessionStore store) =>
        (await RunAsync(store, $"rows-read-{Guid.NewGuid():n}", "SELECT k FROM fuzz_rows").ConfigureAwait(false)).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    internal static async ValueTask<string> ExecuteAsync(ActionContext context, string sql, string? key)
    {
        await using var command = context.Transaction.Connection!.CreateCommand();
        command.Transaction = context.Transaction;
#pragma warning disable CA2100 // The texts are constants.
        command.CommandText = sql;
#pragma warning restore CA2100
        if (key is not null)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = ("@key", key);
            command.Parameters.Add(parameter);
        }

        var read = new List<string>();
        await using var reader = await command.ExecuteReaderAsync().ConfigureAwait(false);
        while (await reader.ReadAsync().ConfigureAwait(false))
        {
            read.Add(reader.GetString(0));
        }

        return string.Join('\n', read);
    }

    private static async Task<string> RunAsync(ISessionStore store, string id, string sql)
    {
        await using var runtime = new AgentRuntime(store);
        var session = await runtime.StartAsync(new SqlAgent(), sql, new() { Id = id }).ConfigureAwait(false);
        return await session.Result.ConfigureAwait(false);
    }
}

/// <summary>Says one sentence to the store's database.</summary>
[Agent]
public sealed partial class SqlAgent
{
    [Action(Effect = Effect.Transactional)]
    private static async Task<string> Say([Input] string sql, ActionContext context) => await Rows.ExecuteAsync(context, sql, null);
}
