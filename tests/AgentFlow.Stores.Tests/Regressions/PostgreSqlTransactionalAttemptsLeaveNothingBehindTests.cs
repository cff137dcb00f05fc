namespace AgentFlow.Stores.Tests.Regressions;

[Collection(Database.Tests)]
public sealed class PostgreSqlTransactionalAttemptsLeaveNothingBehindTests : TransactionalAttemptsLeaveNothingBehindTests
{
    protected override async Task WithStoreAsync(Func<ITransactionalSessionStore, string, Func<Task<string>>, Task> test)
    {
        await using var database = Database.Open();
        await using var store = database.OpenStore();
        await store.FindAsync("none", Ct);
        await database.QueryAsync("CREATE TABLE {schema}.effects(value text)");
        await test(store, $"{database.Schema}.effects", async () => await database.QueryAsync("SELECT string_agg(value, ',') FROM {schema}.effects") as string ?? "");
    }
}
