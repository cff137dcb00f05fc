namespace AgentFlow.Stores.Tests;

[Collection(Database.Tests)]
public sealed class PostgreSqlTransactionTests : TransactionTests
{
    private string _schema = "";

    protected override string Table => $"{_schema}.effects";

    protected override async Task WithStoreAsync(Func<ITransactionalSessionStore, Func<Task<long>>, Task> test)
    {
        await using var database = Database.Open();
        await using var store = database.OpenStore();
        _schema = database.Schema;
        await store.FindAsync("none", TestContext.Current.CancellationToken);
        await database.QueryAsync("CREATE TABLE {schema}.effects(value integer)");
        await test(store, async () => (long)(await database.QueryAsync("SELECT count(*) FROM {schema}.effects"))!);
    }
}
