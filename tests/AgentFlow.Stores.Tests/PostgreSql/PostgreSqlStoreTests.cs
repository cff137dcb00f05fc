using System.Diagnostics;
using Npgsql;

namespace AgentFlow.Stores.Tests;

[Collection(Database.Tests)]
public sealed class PostgreSqlStoreTests
{
    [Fact]
    public async Task A_thousand_zombies_write_nothing_after_their_heirs()
    {
        const int Races = 1_000;
        await using var database = Database.Open();
        await using var zombies = database.OpenStore();
        await using var heirs = database.OpenStore();
        var written = 0;
        var fenced = 0;
        await Parallel.ForAsync(0, Races, new ParallelOptions { MaxDegreeOfParallelism = 32, CancellationToken = TestContext.Current.CancellationToken }, async (i, cancellationToken) =>
        {
            var zombie = await zombies.CreateAsync($"s{i}", TimeSpan.FromMilliseconds(20));
            SessionClaim? claim = null;

            // The database's clock has to pass: a claim is refused until the lease has ended on it.
            await Task.Delay(20, cancellationToken);
            Task<DateTimeOffset>? early = null;
            while (claim is null)
            {
                // In every other race the zombie's write is under way when the heir claims.
                early ??= i % 2 == 0 ? null : zombies.AppendAsync(zombie, 1, Given.Outcome("zombie")).AsTask();
                claim = await heirs.ClaimAsync($"s{i}", "worker-2", Given.Lease, cancellationToken);
            }

            var last = claim.Info.Sequence;
            early ??= zombies.AppendAsync(zombie, 1, Given.Outcome("zombie")).AsTask();
            await heirs.AppendAsync(claim, last, Given.Outcome("heir"));
            try
            {
                await early;
                Interlocked.Increment(ref written);
                Assert.Equal(2, last);
            }
            catch (FencedException)
            {
                Interlocked.Increment(ref fenced);
                Assert.Equal(1, last);
            }

            Assert.Equal(last == 2 ? "zombie,heir" : "heir", await heirs.ActionsAsync($"s{i}"));
        });
        Assert.Equal(Races, written + fenced);
        Assert.True(fenced >= Races / 2, $"{fenced} of {Races} were fenced.");
    }

    [Fact]
    public async Task Many_stores_migrate_once()
    {
        await using var database = Database.Open();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async i =>
        {
            await using var store = database.OpenStore();
            await store.CreateAsync($"s{i}");
        }));
        Assert.Equal("1,2", await database.QueryAsync("SELECT string_agg(version::text, ',' ORDER BY version) FROM {schema}.migrations"));
    }

    [Fact]
    public async Task A_schema_of_the_first_version_is_brought_up_to_date()
    {
        await using var database = Database.Open();
        await using (var store = database.OpenStore())
        {
            await store.CreateAsync("before");
        }

        await database.QueryAsync("DROP TABLE {schema}.memories; DELETE FROM {schema}.migrations WHERE version = 2");
        await using var memories = new PostgreSqlMemoryStore(database.ConnectionString, new() { Schema = database.Schema });
        Assert.True((await memories.AddAsync(new() { Subject = "ann", Id = "a", Text = "tea" }, TestContext.Current.CancellationToken)).Sequence > 0);
        await using var after = database.OpenStore();
        Assert.NotNull(await after.FindAsync("before", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task The_role_at_run_time_needs_rows_only()
    {
        await using var database = Database.Open();
        var role = $"r{Guid.NewGuid():n}";
        await using (var store = new PostgreSqlSessionStore(database.ConnectionString, new() { Schema = database.Schema, Migrate = false }))
        {
            await Assert.ThrowsAsync<NotSupportedException>(() => store.FindAsync("a", TestContext.Current.CancellationToken).AsTask());
        }

        await using (var source = NpgsqlDataSource.Create(database.ConnectionString))
        {
            await PostgreSqlSessionStore.MigrateAsync(source, database.Schema, TestContext.Current.CancellationToken);
        }

        await database.QueryAsync($"CREATE ROLE {role} LOGIN PASSWORD '{role}'");
        try
        {
            await database.QueryAsync($"GRANT USAGE ON SCHEMA {{schema}} TO {role}; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {{schema}} TO {role}");
            var connection = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Username = role, Password = role };
            await using var store = new PostgreSqlSessionStore(connection.ToString(), new() { Schema = database.Schema, Migrate = false });
            var claim = await store.CreateAsync("a");
            await store.SignalAsync(new SignalRecord { Session = "a", Name = "Approve", Key = "k" }, TestContext.Current.CancellationToken);
            await store.AppendAsync(new SessionAppend { Claim = claim, After = 1, Records = [Given.Outcome("A")], Snapshot = new(2, new byte[] { 1 }), Consumed = [1], Releases = true }, TestContext.Current.CancellationToken);
            await store.ListDueAsync(["Agent"], 10, TestContext.Current.CancellationToken);
            await store.ForkAsync("a", 2, Given.Session("f"), TestContext.Current.CancellationToken);
            await store.DeleteAsync("a", TestContext.Current.CancellationToken);
        }
        finally
        {
            await database.QueryAsync($"DROP OWNED BY {role}; DROP ROLE {role}");
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("Upper")]
    [InlineData("a;b")]
    [InlineData("a\"b")]
    [InlineData("a\n")]
    public void A_schema_has_a_plain_name(string schema) => Assert.Throws<ArgumentException>(() => new PostgreSqlSessionStore("Host=localhost", new() { Schema = schema }));

    [Fact]
    public async Task A_refusal_does_not_spoil_those_that_share_its_batch()
    {
        await using var database = Database.Open();
        await using var store = database.OpenStore();
        var claims = await Task.WhenAll(Enumerable.Range(0, 64).Select(i => store.CreateAsync($"s{i}").AsTask()));
        await Task.WhenAll(claims.Select(claim => store.AppendAsync(claim, 1, Given.Outcome("A")).AsTask()));
        var appends = claims.Select((claim, i) => (i % 4) switch
        {
            0 => store.AppendAsync(claim, 2, Given.Outcome("B")).AsTask(),
            1 => store.AppendAsync(claim, 1, Given.Outcome("B")).AsTask(),
            2 => store.AppendAsync(claim, 2, Given.Outcome("B"), Given.Outcome("A")).AsTask(),
            _ => store.AppendAsync(claim, 2, Given.Outcome("A")).AsTask(),
        }).ToArray();
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

            Assert.Equal(i % 4 == 0 ? "A,B" : "A", await store.ActionsAsync($"s{i}"));
        }
    }

    [Fact]
    public async Task A_restart_of_the_server_loses_nothing_that_was_acknowledged()
    {
        var command = Database.RestartCommand();
        await using var database = Database.OpenRestartable();
        const int Appends = 200;
        await using var store = database.OpenStore();
        var underWay = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var restarted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var acknowledged = 0;
        var failed = 0;
        var sessions = Enumerable.Range(0, 16).Select(s => Task.Run(async () =>
        {
            var id = $"s{s}";
            var claim = await store.CreateAsync(id);
            var kept = new List<string>();
            for (var i = 0; i < Appends || !restarted.Task.IsCompleted; i++)
            {
                try
                {
                    await store.AppendAsync(claim, claim.Info.Sequence, Given.Outcome($"A{i}"));
                    kept.Add($"A{i}");
                    claim = claim with { Info = claim.Info with { Sequence = claim.Info.Sequence + 1 } };
                    if (Interlocked.Increment(ref acknowledged) == 400)
                    {
                        underWay.SetResult();
                    }
                }
                catch (NpgsqlException)
                {
                    // It was written or not; the next claim says where the session is.
                    Interlocked.Increment(ref failed);
                    claim = await ClaimAsync(id);
                }
            }

            var actions = (await store.ActionsAsync(id)).Split(',');
            Assert.Equal(kept, actions.Where(kept.Contains));
            Assert.Equal(actions.Length, actions.Distinct().Count());
        })).ToArray();
        await underWay.Task;
        using (var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", command])) ?? throw new InvalidOperationException("The restart does not start."))
        {
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(0, process.ExitCode);
        }

        restarted.SetResult();
        await Task.WhenAll(sessions);
        Assert.True(failed > 0, "The restart was not noticed.");

        async Task<SessionClaim> ClaimAsync(string id)
        {
            while (true)
            {
                try
                {
                    return await store.ClaimAsync(id, Given.Owner, Given.Lease) ?? throw new InvalidOperationException("The claim is refused.");
                }
                catch (NpgsqlException)
                {
                    await Task.Delay(20); // The server is another process, and takes its time to come back.
                }
            }
        }
    }
}
