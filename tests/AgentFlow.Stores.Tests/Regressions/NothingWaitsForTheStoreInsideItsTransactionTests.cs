using System.Data.Common;
using System.Text.Json;

namespace AgentFlow.Stores.Tests.Regressions;

/// <summary>A transactional action that would wait for the store is refused, one that takes too long is rolled back, and the store goes on in any case.</summary>
public sealed class NothingWaitsForTheStoreInsideItsTransactionTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string> Ways => [.. s_ways.Keys];

    private static readonly Dictionary<string, Func<AgentRuntime, ActionContext, CancellationToken, Task>> s_ways = new(StringComparer.Ordinal)
    {
        ["start"] = static async (runtime, _, ct) => await runtime.StartAsync(new Plain(), default, cancellationToken: ct),
        ["start or resume"] = static async (runtime, _, ct) => await runtime.StartOrResumeAsync(new Plain(), default, new() { Id = "other" }, ct),
        ["resume"] = static async (runtime, _, ct) => await runtime.ResumeAsync(new Plain(), "other", ct),
        ["signal"] = static async (runtime, _, ct) => await runtime.SignalAsync("other", "Answer", JsonElement.Parse("1"), cancellationToken: ct),
        ["archive"] = static async (runtime, _, ct) => await runtime.ArchiveAsync("other", ct),
        ["wait"] = static async (runtime, _, ct) => await (await OtherAsync(runtime, ct)).WaitAsync(ct),
        ["result"] = static async (runtime, _, ct) => await (await OtherAsync(runtime, ct)).Result,
        ["child"] = static async (_, context, ct) => await context.RunChildAsync(new Plain(), default, ct),
        ["plan"] = static async (_, context, ct) => await context.RunPlanAsync(Plan.Parse("""{"actions":[{"name":"a","target":"work"}]}""", new PlanCatalog().AddTool("work", static (arguments, _, _) => new(arguments))), JsonElement.Parse("{}"), ct),
        ["the store itself"] = static async (runtime, _, _) => await runtime.Store.CreateAsync("direct"),
        ["closing the store"] = static async (runtime, _, _) => await runtime.Store.DisposeAsync(),
        ["a task of its own"] = static (runtime, _, ct) => Task.Run(async () => await runtime.StartAsync(new Plain(), default, cancellationToken: ct), ct),
    };

    [Theory]
    [MemberData(nameof(Ways))]
    public Task Waiting_for_the_store_is_refused(string way) => WithStoreAsync(async (store, file) =>
    {
        await using var runtime = new AgentRuntime(store, new() { TransactionTimeout = TimeSpan.FromMinutes(10) });
        await (await runtime.StartAsync(new Plain(), default, new() { Id = "other" }, Ct)).Result.WaitAsync(Patience, Ct);
        Exception? refused = null;
        var ledger = new Ledger("effects")
        {
            After = async (context, _, ct) => refused = await Record.ExceptionAsync(() => s_ways[way](runtime, context, ct)),
        };
        var session = await runtime.StartAsync(new Retrier(ledger), default, new() { Id = "s" }, Ct);
        Assert.Equal(1, await session.Result.WaitAsync(Patience, Ct));
        Assert.Contains("Effect.Transactional", Assert.IsType<InvalidOperationException>(refused).Message, StringComparison.Ordinal);
        Assert.Equal("attempt1", file.Query("SELECT group_concat(value) FROM effects"));
        Assert.Equal(42, await (await runtime.StartAsync(new Plain(), default, cancellationToken: Ct)).Result.WaitAsync(Patience, Ct));
    });

    [Fact]
    public Task Another_store_is_nobodys_concern() => WithStoreAsync(async (store, _) =>
    {
        await using var runtime = new AgentRuntime(store);
        await using var other = new AgentRuntime(new MemorySessionStore());
        var answer = 0;
        var ledger = new Ledger("effects") { After = async (_, _, ct) => answer = await (await other.StartAsync(new Plain(), default, cancellationToken: ct)).Result };
        await (await runtime.StartAsync(new Retrier(ledger), default, cancellationToken: Ct)).Result.WaitAsync(Patience, Ct);
        Assert.Equal(42, answer);
    });

    /// <summary>The real clock is what frees the store.</summary>
    [Fact]
    public Task A_transaction_that_takes_too_long_is_rolled_back_and_the_store_goes_on() => WithStoreAsync(async (store, file) =>
    {
        await using var runtime = new AgentRuntime(store, new() { TransactionTimeout = TimeSpan.FromSeconds(1) });
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Exception? late = null;
        var ledger = new Ledger("effects")
        {
            // Deaf to its token.
            After = async (_, transaction, _) =>
            {
                var connection = transaction.Connection!;
                await release.Task.WaitAsync(Patience, Ct);
                late = await Record.ExceptionAsync(async () =>
                {
                    await using var command = connection.CreateCommand();
                    command.CommandText = "INSERT INTO effects VALUES('late')";
                    await command.ExecuteNonQueryAsync(Ct);
                });
            },
        };
        var session = await runtime.StartAsync(new Once(ledger), default, new() { Id = "s" }, Ct);
        await ledger.Began.Task.WaitAsync(Patience, Ct);
        Assert.Equal(42, await (await runtime.StartAsync(new Plain(), default, cancellationToken: Ct)).Result.WaitAsync(Patience, Ct));
        release.SetResult();
        var failed = await Assert.ThrowsAsync<ActionFailedException>(() => session.Result.WaitAsync(Patience, Ct));
        Assert.IsType<TransactionTimeoutException>(failed.InnerException);
        Assert.IsType<InvalidOperationException>(late);
        Assert.Null(file.Query("SELECT group_concat(value) FROM effects") as string);
    });

    [Fact]
    public Task A_transaction_that_takes_too_long_cancels_its_attempt_and_is_retried() => WithStoreAsync(async (store, file) =>
    {
        await using var runtime = new AgentRuntime(store, new() { TransactionTimeout = TimeSpan.FromSeconds(1) });
        var ledger = new Ledger("effects") { After = static (context, _, ct) => context.Attempt == 1 ? Task.Delay(Timeout.InfiniteTimeSpan, ct) : Task.CompletedTask };
        var session = await runtime.StartAsync(new Tireless(ledger), default, new() { Id = "s" }, Ct);
        var attempts = await session.Result.WaitAsync(Patience, Ct);
        Assert.InRange(attempts, 2, 20); // The second may take too long as well.
        Assert.Equal($"attempt{attempts}", file.Query("SELECT group_concat(value) FROM effects"));
    });

    [Fact]
    public Task What_the_database_refuses_to_commit_fails_the_action_and_not_the_session() => WithStoreAsync(async (store, file) =>
    {
        file.Query("CREATE TABLE parents(id INTEGER PRIMARY KEY); CREATE TABLE children(parent INTEGER REFERENCES parents(id) DEFERRABLE INITIALLY DEFERRED)");
        await using var runtime = new AgentRuntime(store);
        var ledger = new Ledger("effects")
        {
            After = static (_, transaction, _) => Ledger.ExecuteAsync(transaction, "INSERT INTO children VALUES(1)"),
        };
        var session = await runtime.StartAsync(new Once(ledger), default, new() { Id = "s" }, Ct);
        var failed = await Assert.ThrowsAsync<ActionFailedException>(() => session.Result.WaitAsync(Patience, Ct));
        Assert.IsAssignableFrom<DbException>(Assert.IsType<TransactionRefusedException>(failed.InnerException).InnerException);
        Assert.Equal(SessionState.Failed, (await session.GetInfoAsync(Ct)).State);
        Assert.Null(file.Query("SELECT group_concat(value) FROM effects") as string);
    });

    private static async Task<Session<Plain, int>> OtherAsync(AgentRuntime runtime, CancellationToken ct) => (await runtime.FindAsync(new Plain(), "other", ct))!;

    private static async Task WithStoreAsync(Func<SqliteSessionStore, SqliteFile, Task> test)
    {
        using var file = new SqliteFile();
        await using var store = file.OpenStore();
        file.Query("CREATE TABLE effects(value)");
        await test(store, file);
    }
}
