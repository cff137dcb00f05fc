using System.Data.Common;

namespace AgentFlow.Stores.Tests;

/// <summary>Users' writes commit with the outcome, or neither does.</summary>
public abstract class TransactionTests
{
    [Fact]
    public Task The_writes_commit_with_the_outcome() => WithStoreAsync(async (store, count) =>
    {
        var claim = await store.CreateAsync("a");
        await store.TransactAsync(claim, async transaction =>
        {
            await InsertAsync(transaction);
            return new SessionAppend { Claim = claim, After = 1, Records = [Given.Outcome("A")] };
        });
        Assert.Equal((1L, "A"), (await count(), await store.ActionsAsync("a")));
        await store.AppendAsync(claim, 2, Given.Outcome("B"));
        Assert.Equal("A,B", await store.ActionsAsync("a"));
    });

    [Fact]
    public Task Nothing_is_written_if_the_body_says_nothing() => WithStoreAsync(async (store, count) =>
    {
        var claim = await store.CreateAsync("a");
        await store.TransactAsync(claim, async transaction =>
        {
            await InsertAsync(transaction);
            return null;
        });
        Assert.Equal((0L, ""), (await count(), await store.ActionsAsync("a")));
        await store.AppendAsync(claim, 1, Given.Outcome("A"));
    });

    [Fact]
    public Task Nothing_is_written_if_the_body_throws() => WithStoreAsync(async (store, count) =>
    {
        var claim = await store.CreateAsync("a");
        var thrown = new FormatException();
        Assert.Same(thrown, await Assert.ThrowsAsync<FormatException>(() => store.TransactAsync(claim, async transaction =>
        {
            await InsertAsync(transaction);
            throw thrown;
        })));
        Assert.Equal((0L, ""), (await count(), await store.ActionsAsync("a")));
        await store.AppendAsync(claim, 1, Given.Outcome("A"));
    });

    [Fact]
    public Task Nothing_is_written_if_the_outcome_is_refused() => WithStoreAsync(async (store, count) =>
    {
        var claim = await store.CreateAsync("a");
        await store.AppendAsync(claim, 1, Given.Outcome("A"));
        foreach (var append in (SessionAppend[])[
            new() { Claim = claim, After = 1, Records = [Given.Outcome("B")] },
            new() { Claim = claim, After = 2, Records = [Given.Outcome("A")] },
            new() { Claim = claim, After = 2, Records = [Given.Outcome("B"), Given.Outcome("A")] }])
        {
            await Assert.ThrowsAsync<FencedException>(() => store.TransactAsync(claim, async transaction =>
            {
                await InsertAsync(transaction);
                return append;
            }));
        }

        Assert.Equal((0L, "A"), (await count(), await store.ActionsAsync("a")));
    });

    [Fact]
    public Task The_code_of_a_zombie_does_not_run() => WithStoreAsync(async (store, count) =>
    {
        var zombie = await store.CreateAsync("a");
        await store.ClaimAsync("a", Given.Owner, Given.Lease);
        await Assert.ThrowsAsync<FencedException>(() => store.TransactAsync(zombie, async transaction =>
        {
            Assert.Fail("It runs.");
            await InsertAsync(transaction);
            return null;
        }));
        Assert.Equal(0L, await count());
    });

    [Fact]
    public Task A_body_must_not_end_the_transaction() => WithStoreAsync(async (store, count) =>
    {
        var claim = await store.CreateAsync("a");
        await Assert.ThrowsAsync<InvalidOperationException>(() => store.TransactAsync(claim, async transaction =>
        {
            await InsertAsync(transaction);
            await transaction.RollbackAsync(TestContext.Current.CancellationToken);
            return new SessionAppend { Claim = claim, After = 1, Records = [Given.Outcome("A")] };
        }));
        Assert.Equal((0L, ""), (await count(), await store.ActionsAsync("a")));
        await store.AppendAsync(claim, 1, Given.Outcome("A"));
    });

    [Fact]
    public Task A_lease_is_renewed_while_a_body_runs() => WithStoreAsync(async (store, _) =>
    {
        var claim = await store.CreateAsync("a");
        await store.TransactAsync(claim, async transaction =>
        {
            await InsertAsync(transaction);
            await store.RenewAsync(claim, Given.Lease);
            return new SessionAppend { Claim = claim, After = 1, Records = [Given.Outcome("A")] };
        });
        Assert.Equal("A", await store.ActionsAsync("a"));
    });

    /// <summary>Opens a store that has a table <c>effects</c>, and a way to count its rows.</summary>
    protected abstract Task WithStoreAsync(Func<ITransactionalSessionStore, Func<Task<long>>, Task> test);

    /// <summary>The name of the table, for the transaction's connection.</summary>
    protected abstract string Table { get; }

    private async Task InsertAsync(DbTransaction transaction)
    {
        await using var command = transaction.Connection!.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = $"INSERT INTO {Table} VALUES(1)";
        Assert.Equal(1, await command.ExecuteNonQueryAsync());
    }
}
