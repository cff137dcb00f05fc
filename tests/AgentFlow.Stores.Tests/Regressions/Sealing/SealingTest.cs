namespace AgentFlow.Stores.Tests.Regressions;

/// <summary>Stores and keys of the tests in which somebody has written to a store.</summary>
public abstract class SealingTest : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("agentflow-sealing-");
    private readonly PayloadEncryption _keys = Given.Keys();

    public static TheoryData<string> Stores => ["memory", "file", "sqlite", "postgresql"];

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    protected PayloadEncryption Keys => _keys;

    public void Dispose()
    {
        _keys.Dispose();
        _directory.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    protected async Task WithStoreAsync(string kind, Func<ISessionStore, Task> test)
    {
        var database = kind == "postgresql" ? Database.Open() : null;
        try
        {
            await using ISessionStore store = kind switch
            {
                "memory" => new MemorySessionStore(),
                "file" => new FileSessionStore(_directory.FullName),
                "sqlite" => new SqliteSessionStore(Path.Combine(_directory.FullName, "agents.db")),
                _ => database!.OpenStore(),
            };
            await test(store).WaitAsync(Patience, Ct);
        }
        finally
        {
            if (database is not null)
            {
                await database.DisposeAsync();
            }
        }
    }

    protected AgentRuntime Open(ISessionStore store, bool isEncrypted = true) => new(store, new() { Encryption = isEncrypted ? _keys : null, PollInterval = TimeSpan.FromMilliseconds(50) });

    /// <summary>A payout that waits for its approval.</summary>
    protected async Task StartPayoutAsync(ISessionStore store, string id, string account, bool isEncrypted = true)
    {
        await using var runtime = Open(store, isEncrypted);
        var session = await runtime.StartAsync(new Payout(), account, new() { Id = id }, Ct);
        Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct));
    }

    /// <summary>What comes of it when it is approved.</summary>
    protected async Task<string> ApproveAsync(ISessionStore store, string id, bool isEncrypted = true)
    {
        await using var runtime = Open(store, isEncrypted);
        var session = await runtime.ResumeAsync(new Payout(), id, Ct);
        await session.ApproveAsync("ann", cancellationToken: Ct);
        return await session.Result.WaitAsync(Patience, Ct);
    }

    /// <summary>Nothing goes on, and nothing is read, of a session that was tampered with.</summary>
    protected async Task IsToldAsync(ISessionStore store, string id, string what, bool isEncrypted = true)
    {
        await using var runtime = Open(store, isEncrypted);
        var resumed = await Record.ExceptionAsync(() => runtime.ResumeAsync(new Payout(), id, Ct).AsTask());
        Assert.True(resumed is DamagedSessionException or IncompatibleSessionException, $"{what}: {resumed?.GetType().ToString() ?? "it was resumed"}");
        var read = await Record.ExceptionAsync(() => runtime.ReadOutcomesAsync(new Payout(), id, Ct).AsTask());
        Assert.True(read is DamagedSessionException, $"{what}: {read?.GetType().ToString() ?? "its outcomes were read"}");
        var verified = await Record.ExceptionAsync(() => runtime.VerifyAsync(id, cancellationToken: Ct).AsTask());
        Assert.True(verified is DamagedSessionException, $"{what}: {verified?.GetType().ToString() ?? "it was verified"}");
    }

    protected static async Task UntilRefusedAsync(ISessionStore store, string id)
    {
        while (!(await store.ReadAllAsync(id)).Exists(static r => r.Kind == JournalKind.SignalRefused))
        {
            await Task.Delay(5, Ct);
        }
    }

    /// <summary>A session with a snapshot, which waits.</summary>
    protected async Task<(SessionInfo Info, List<JournalRecord> Records, SessionSnapshot Snapshot)> CollectAsync(ISessionStore store, string id)
    {
        await using (var runtime = Open(store))
        {
            var session = await runtime.StartAsync(new Collector(), default, new() { Id = id }, Ct);
            for (var i = 0; i < 24; i++)
            {
                Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct));
                await session.NextAsync(new string((char)('a' + i), 600), cancellationToken: Ct);
            }

            Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct));
        }

        return ((await store.FindAsync(id, Ct))!, await store.ReadAllAsync(id), (await store.FindSnapshotAsync(id, long.MaxValue, Ct))!);
    }
}
