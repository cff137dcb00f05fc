namespace AgentFlow.Stores.Tests.Regressions;

/// <summary>A store went on writing, and said that it had, to a file that was deleted or replaced.</summary>
public sealed class ReplacedFilesAreNoticedTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("agentflow-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Theory]
    [InlineData("", false)]
    [InlineData("", true)]
    [InlineData("-wal", false)]
    [InlineData("-wal", true)]
    public async Task Of_a_database(string suffix, bool replaces)
    {
        await using var store = new SqliteSessionStore(In("a.db"));
        var claim = await store.CreateAsync("a");
        Replace(In("a.db") + suffix, replaces);
        var error = await Assert.ThrowsAsync<StoreReplacedException>(() => store.AppendAsync(claim, 1, Given.Outcome("A")).AsTask());
        Assert.Equal(In("a.db") + suffix, error.Path);
        await Assert.ThrowsAsync<StoreReplacedException>(() => store.TransactAsync(claim, _ => Task.FromResult<SessionAppend?>(new() { Claim = claim, After = 1, Records = [Given.Outcome("A")] })));
        await Assert.ThrowsAsync<StoreReplacedException>(() => store.CreateAsync("b").AsTask());
        await Assert.ThrowsAsync<StoreReplacedException>(() => store.SignalAsync(new() { Session = "a", Name = "n" }, TestContext.Current.CancellationToken).AsTask());
    }

    [Fact]
    public async Task A_database_that_took_its_place_is_left_alone()
    {
        await using (var other = new SqliteSessionStore(In("b.db")))
        {
            await other.CreateAsync("other");
        }

        await using (var store = new SqliteSessionStore(In("a.db")))
        {
            var claim = await store.CreateAsync("a");
            File.Move(In("b.db"), In("a.db"), overwrite: true);
            await Assert.ThrowsAsync<StoreReplacedException>(() => store.AppendAsync(claim, 1, Given.Outcome("A")).AsTask());
        }

        File.Delete(In("a.db-wal"));
        await using var again = new SqliteSessionStore(In("a.db"));
        Assert.NotNull(await again.FindAsync("other", TestContext.Current.CancellationToken));
        Assert.Null(await again.FindAsync("a", TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Of_a_session(bool replaces)
    {
        await using var store = new FileSessionStore(In("sessions"));
        var claim = await store.CreateAsync("a");
        await store.AppendAsync(claim, 1, Given.Outcome("A"));
        Replace(Directory.EnumerateFiles(In("sessions"), "*.session").Single(), replaces);
        await Assert.ThrowsAsync<StoreReplacedException>(() => store.AppendAsync(claim, 2, Given.Outcome("B")).AsTask());
        await store.CreateAsync("b");
    }

    [Fact]
    public async Task Of_a_directory_that_others_may_have_by_now()
    {
        await using var store = new FileSessionStore(In("sessions"));
        var claim = await store.CreateAsync("a");
        Directory.Move(In("sessions"), In("moved"));
        await using var other = new FileSessionStore(In("sessions"));
        await Assert.ThrowsAsync<StoreReplacedException>(() => store.AppendAsync(claim, 1, Given.Outcome("A")).AsTask());
        await Assert.ThrowsAsync<StoreReplacedException>(() => store.CreateAsync("b").AsTask());
        await Assert.ThrowsAsync<StoreReplacedException>(() => store.ClaimAsync("a", Given.Owner, Given.Lease, TestContext.Current.CancellationToken).AsTask());
    }

    [Fact]
    public async Task Of_a_lock()
    {
        await using var store = new FileSessionStore(In("sessions"));
        var claim = await store.CreateAsync("a");
        File.Delete(In("sessions/lock"));
        await Assert.ThrowsAsync<StoreReplacedException>(() => store.AppendAsync(claim, 1, Given.Outcome("A")).AsTask());
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task Of_memories(bool isSqlite, bool replaces)
    {
        IMemoryStore store = isSqlite ? new SqliteMemoryStore(In("m")) : new FileMemoryStore(In("m"));
        using var disposing = (IDisposable)store;
        await store.AddAsync(Memory("1"), TestContext.Current.CancellationToken);
        Replace(In("m"), replaces);
        await Assert.ThrowsAsync<StoreReplacedException>(() => store.AddAsync(Memory("2"), TestContext.Current.CancellationToken).AsTask());
        await Assert.ThrowsAsync<StoreReplacedException>(() => store.DeleteSubjectAsync("s", TestContext.Current.CancellationToken).AsTask());
    }

    private static MemoryRecord Memory(string id) => new() { Subject = "s", Id = id, Text = "text", CreatedAt = DateTimeOffset.UnixEpoch };

    private static void Replace(string path, bool replaces)
    {
        if (replaces)
        {
            File.Copy(path, path + ".copy");
            File.Move(path + ".copy", path, overwrite: true);
        }
        else
        {
            File.Delete(path);
        }
    }

    private string In(string name) => Path.Combine(_directory.FullName, name);
}
