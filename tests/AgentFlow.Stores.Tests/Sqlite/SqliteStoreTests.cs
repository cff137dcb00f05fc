using Microsoft.Data.Sqlite;

namespace AgentFlow.Stores.Tests;

public sealed class SqliteStoreTests : IDisposable
{
    private readonly SqliteFile _file = new();

    public void Dispose() => _file.Dispose();

    [Fact]
    public async Task One_store_has_the_file()
    {
        await using (_file.OpenStore())
        {
            Assert.Contains("is open in another process", Assert.Throws<StoreInUseException>(_file.OpenStore).Message, StringComparison.Ordinal);
        }

        await using (_file.OpenStore())
        {
        }
    }

    [Fact]
    public async Task The_leases_of_a_dead_process_are_void_and_its_epochs_are_not()
    {
        SessionClaim dead;
        await using (var store = _file.OpenStore())
        {
            dead = await store.CreateAsync("a");
        }

        await using var next = _file.OpenStore();
        Assert.Null((await next.FindAsync("a", TestContext.Current.CancellationToken))!.Owner);
        await Assert.ThrowsAsync<FencedException>(() => next.AppendAsync(dead, 1, Given.Outcome("A")).AsTask());
        var heir = await next.ClaimAsync("a", "worker-2", Given.Lease, TestContext.Current.CancellationToken);
        Assert.Equal(dead.Epoch + 1, heir!.Epoch);
    }

    [Fact]
    public async Task A_refusal_does_not_spoil_those_that_share_its_commit()
    {
        await using var store = _file.OpenStore();
        var claims = new List<SessionClaim>();
        for (var i = 0; i < 64; i++)
        {
            claims.Add(await store.CreateAsync($"s{i}"));
            await store.AppendAsync(claims[i], 1, Given.Outcome("A"));
        }

        // While the writer waits in here, all that follows queues up, and is done at once.
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var leave = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var holding = store.TransactAsync(claims[0], async _ =>
        {
            entered.SetResult();
            await leave.Task;
            return null;
        });
        await entered.Task;
        var appends = claims.Select((claim, i) => (i % 4) switch
        {
            0 => store.AppendAsync(claim, 2, Given.Outcome("B"), Given.Outcome("C")).AsTask(),
            1 => store.AppendAsync(claim, 1, Given.Outcome("B")).AsTask(),
            2 => store.AppendAsync(claim, 2, Given.Outcome("B"), Given.Outcome("A")).AsTask(),
            _ => store.AppendAsync(claim with { Epoch = 7 }, 2, Given.Outcome("B")).AsTask(),
        }).ToArray();
        leave.SetResult();
        await holding;
        for (var i = 0; i < appends.Length; i++)
        {
            if (i % 4 == 0)
            {
                await appends[i];
            }
            else
            {
                await Assert.ThrowsAsync<FencedException>(() => appends[i]);
            }

            Assert.Equal(i % 4 == 0 ? "A,B,C" : "A", await store.ActionsAsync($"s{i}"));

            // Nothing of what was refused is in the way.
            await store.AppendAsync(claims[i], i % 4 == 0 ? 4 : 2, Given.Outcome("D"));
        }
    }

    [Fact]
    public async Task Ten_thousand_sessions_are_kept()
    {
        const int Count = 10_000;
        await using (var store = _file.OpenStore())
        {
            await Parallel.ForAsync(0, Count, new ParallelOptions { MaxDegreeOfParallelism = 256, CancellationToken = TestContext.Current.CancellationToken }, async (i, cancellationToken) =>
            {
                var claim = await store.CreateAsync($"s{i:00000}");
                await store.AppendAsync(new SessionAppend
                {
                    Claim = claim,
                    After = 1,
                    Records = [Given.Outcome($"A{i}")],
                    State = SessionState.Suspended,
                    SetsWake = true,
                    WakeAfter = TimeSpan.FromHours(i % 2 == 0 ? -1 : 1),
                    Releases = true,
                }, cancellationToken);
            });
        }

        await using var again = _file.OpenStore();
        var found = new List<SessionInfo>();
        while (await again.ListAsync(new() { After = found.LastOrDefault()?.Id, Limit = 1_000 }, TestContext.Current.CancellationToken) is { Count: > 0 } page)
        {
            found.AddRange(page);
        }

        Assert.Equal(Enumerable.Range(0, Count).Select(static i => $"s{i:00000}"), found.Select(static s => s.Id));
        Assert.Equal(Count / 2, (await again.ListDueAsync(["Agent"], Count, TestContext.Current.CancellationToken)).Count);
        Assert.Equal(100, (await again.ListDueAsync(["Agent"], 100, TestContext.Current.CancellationToken)).Count);
        for (var i = 0; i < Count; i += 97)
        {
            Assert.Equal($"A{i}", await again.ActionsAsync($"s{i:00000}"));
        }
    }

    [Fact]
    public async Task A_full_disk_costs_those_whose_change_was_not_made_and_nobody_else()
    {
        await using var store = _file.OpenStore();
        var claims = new List<SessionClaim>();
        for (var i = 0; i < 16; i++)
        {
            claims.Add(await store.CreateAsync($"s{i}"));
        }

        var pages = (long)_file.Query("PRAGMA page_count")!;
        await LimitAsync(pages + 100);
        var acknowledged = new long[claims.Count];
        await Task.WhenAll(claims.Select((claim, i) => Task.Run(async () =>
        {
            var refused = 0;
            while (refused < 3)
            {
                try
                {
                    await store.AppendAsync(claim, acknowledged[i] + 1, Given.Outcome($"A{acknowledged[i]}", new byte[10_000]));
                    acknowledged[i]++;
                }
                catch (SqliteException e)
                {
                    Assert.Equal(13, e.SqliteErrorCode);
                    refused++;
                }
            }
        })));
        Assert.InRange(acknowledged.Sum(), 8, 100);

        await LimitAsync(1_000_000);
        for (var i = 0; i < claims.Count; i++)
        {
            Assert.Equal(acknowledged[i] + 1, (await store.ReadAllAsync($"s{i}")).Count);
            await store.AppendAsync(claims[i], acknowledged[i] + 1, Given.Outcome("Z", new byte[10_000]));
        }

        Assert.Equal("ok", _file.Query("PRAGMA integrity_check"));

        async Task LimitAsync(long most) => await store.TransactAsync(claims[0], async transaction =>
        {
            await using var command = transaction.Connection!.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = $"PRAGMA max_page_count = {most}";
            Assert.Equal(most, await command.ExecuteScalarAsync(TestContext.Current.CancellationToken));
            return null;
        });
    }

    [Fact]
    public async Task A_later_version_is_refused()
    {
        await using (_file.OpenStore())
        {
        }

        _file.Query("PRAGMA user_version = 99");
        Assert.Throws<NotSupportedException>(_file.OpenStore);
    }

    [Fact]
    public async Task Children_are_found_without_reading_all_sessions_in_older_files_too()
    {
        await using (var store = _file.OpenStore())
        {
            await store.CreateAsync(Given.Session("child") with { Parent = "parent" }, [], Given.Owner, Given.Lease, TestContext.Current.CancellationToken);
            await store.CreateAsync("other");
        }

        // As version 1 left it.
        _file.Query("DROP INDEX agentflow_children; PRAGMA user_version = 1");
        await using (var store = _file.OpenStore())
        {
            var children = await store.ListAsync(new() { Parent = "parent" }, TestContext.Current.CancellationToken);
            Assert.Equal(["child"], children.Select(static c => c.Id));
        }

        Assert.Contains(_file.PlanOf("SELECT id FROM agentflow_sessions WHERE state <> 8 AND parent = 'parent' ORDER BY id LIMIT 10"), static step => step.Contains("USING INDEX agentflow_children", StringComparison.Ordinal));
    }
}
