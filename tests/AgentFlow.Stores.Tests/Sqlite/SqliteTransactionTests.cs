namespace AgentFlow.Stores.Tests;

public sealed class SqliteTransactionTests : TransactionTests
{
    protected override string Table => "effects";

    protected override async Task WithStoreAsync(Func<ITransactionalSessionStore, Func<Task<long>>, Task> test)
    {
        using var file = new SqliteFile();
        await using var store = file.OpenStore();
        file.Query("CREATE TABLE effects(value)");
        await test(store, () => Task.FromResult((long)file.Query("SELECT count(*) FROM effects")!));
    }
}
