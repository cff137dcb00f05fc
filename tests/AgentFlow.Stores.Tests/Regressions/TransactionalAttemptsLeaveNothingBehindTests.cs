using System.Data.Common;

namespace AgentFlow.Stores.Tests.Regressions;

/// <summary>An attempt that fails leaves nothing in the database; the one that succeeds, or the fallback, commits with the outcome.</summary>
public abstract class TransactionalAttemptsLeaveNothingBehindTests
{
    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public Task Retries() => WithStoreAsync(async (store, table, read) =>
    {
        Assert.Equal(3, await RunAsync(store, new Retrier(new Ledger(table) { Failing = 2 })));
        Assert.Equal("attempt3", await read());
    });

    [Fact]
    public Task A_statement_that_fails() => WithStoreAsync(async (store, table, read) =>
    {
        var ledger = new Ledger(table) { After = (context, transaction, _) => context.Attempt < 3 ? Ledger.ExecuteAsync(transaction, "INSERT INTO nowhere VALUES(1)") : Task.CompletedTask };
        Assert.Equal(3, await RunAsync(store, new Retrier(ledger)));
        Assert.Equal("attempt3", await read());
    });

    [Fact]
    public Task A_final_failure() => WithStoreAsync(async (store, table, read) =>
    {
        await Assert.ThrowsAsync<ActionFailedException>(() => RunAsync(store, new Retrier(new Ledger(table) { Failing = 3 })));
        Assert.Equal("", await read());
    });

    [Fact]
    public Task A_fallback() => WithStoreAsync(async (store, table, read) =>
    {
        await RunAsync(store, new Substitute(new Ledger(table) { Failing = 2 }) { Table = table });
        Assert.Equal("fallback", await read());
    });

    [Fact]
    public Task A_fallback_after_a_statement_that_fails() => WithStoreAsync(async (store, table, read) =>
    {
        var ledger = new Ledger(table) { After = static (_, transaction, _) => Ledger.ExecuteAsync(transaction, "INSERT INTO nowhere VALUES(1)") };
        await RunAsync(store, new Substitute(ledger) { Table = table });
        Assert.Equal("fallback", await read());
    });

    [Fact]
    public Task A_broken_postcondition() => WithStoreAsync(async (store, table, read) =>
    {
        Assert.Equal(3, await RunAsync(store, new Careful(new Ledger(table))));
        Assert.Equal("attempt3", await read());
    });

    [Fact]
    public Task An_optional_action_that_fails() => WithStoreAsync(async (store, table, read) =>
    {
        Assert.Equal("nothing", await RunAsync(store, new Shrugger(new Ledger(table) { Failing = 1 })));
        Assert.Equal("", await read());
    });

    [Fact]
    public Task A_failure_that_others_go_on_after() => WithStoreAsync(async (store, table, read) =>
    {
        await Assert.ThrowsAsync<ActionFailedException>(() => RunAsync(store, new Stubborn(new Ledger(table) { Failing = 1 }) { Table = table }));
        Assert.Equal("noted", await read());
    });

    [Fact]
    public Task An_attempt_that_times_out() => WithStoreAsync(async (store, table, read) =>
    {
        var ledger = new Ledger(table) { After = static (context, _, ct) => context.Attempt == 1 ? Task.Delay(Timeout.InfiniteTimeSpan, ct) : Task.CompletedTask };
        Assert.Equal(2, await RunAsync(store, new Slow(ledger)));
        Assert.Equal("attempt2", await read());
    });

    [Fact]
    public Task What_an_attempt_left_behind_cannot_write_into_the_next_one() => WithStoreAsync(async (store, table, read) =>
    {
        var second = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<Exception?>[] late = [];
        var ledger = new Ledger(table)
        {
            Failing = 1,
            After = async (context, transaction, _) =>
            {
                if (context.Attempt == 1)
                {
                    var connection = transaction.Connection!;
                    late = [WriteLateAsync(connection, null), WriteLateAsync(connection, transaction), Record.ExceptionAsync(async () =>
                    {
                        await second.Task;
                        GC.KeepAlive(context.Transaction);
                    }).AsTask()];
                    return;
                }

                second.SetResult();
                await Task.WhenAll(late);

                async Task<Exception?> WriteLateAsync(DbConnection connection, DbTransaction? transaction) => await Record.ExceptionAsync(async () =>
                {
                    await second.Task;
                    await using var command = connection.CreateCommand();
                    if (transaction is not null)
                    {
                        command.Transaction = transaction;
                    }

                    command.CommandText = $"INSERT INTO {table} VALUES('late')";
                    await command.ExecuteNonQueryAsync();
                });
            },
        };
        Assert.Equal(2, await RunAsync(store, new Retrier(ledger)));
        Assert.All(late, static task => Assert.NotNull(task.Result));
        Assert.Equal("attempt2", await read());
    });

    [Fact]
    public Task The_store_is_free_between_two_attempts() => WithStoreAsync(async (store, table, read) =>
    {
        await using var runtime = new AgentRuntime(store);
        var ledger = new Ledger(table) { Failing = 1 };
        var session = await runtime.StartAsync(new Patient(ledger), default, new() { Id = "patient" }, Ct);
        await ledger.Tried.Task.WaitAsync(Patience, Ct);
        Assert.Equal(42, await (await runtime.StartAsync(new Plain(), default, cancellationToken: Ct)).Result.WaitAsync(Patience, Ct));
        Assert.False(session.Result.IsCompleted);
        await session.CancelAsync(Ct);
        Assert.Equal("", await read());
    });

    /// <summary>Opens a store that has a table with a column of text, and a way to read it.</summary>
    protected abstract Task WithStoreAsync(Func<ITransactionalSessionStore, string, Func<Task<string>>, Task> test);

    private static async Task<TResult> RunAsync<TSelf, TResult>(ISessionStore store, IDurableAgent<TSelf, Unit, TResult> agent)
        where TSelf : IDurableAgent<TSelf, Unit, TResult>
    {
        await using var runtime = new AgentRuntime(store);
        return await (await runtime.StartAsync(agent, default, new() { Id = "s" }, Ct)).Result.WaitAsync(Patience, Ct);
    }
}
