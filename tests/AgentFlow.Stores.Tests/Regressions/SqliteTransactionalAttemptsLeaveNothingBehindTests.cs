namespace AgentFlow.Stores.Tests.Regressions;

public sealed class SqliteTransactionalAttemptsLeaveNothingBehindTests : TransactionalAttemptsLeaveNothingBehindTests
{
    protected override async Task WithStoreAsync(Func<ITransactionalSessionStore, string, Func<Task<string>>, Task> test)
    {
        using var file = new SqliteFile();
        await using var store = file.OpenStore();
        file.Query("CREATE TABLE effects(value)");
        await test(store, "effects", () => Task.FromResult(file.Query("SELECT group_concat(value) FROM effects") as string ?? ""));
    }
}
