using System.Diagnostics;

namespace AgentFlow.Stores.Tests.Regressions;

/// <summary>The lock of a store was on a name: by another name of the same file two stores did everything twice.</summary>
public sealed class FilesHaveOneStoreWhateverTheyAreCalledTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("agentflow-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Theory]
    [InlineData("sqlite")]
    [InlineData("files")]
    [InlineData("memories")]
    public async Task A_symbolic_link_is_no_other_file(string kind)
    {
        var real = In("real");
        await using var first = Open(kind, real);
        File.CreateSymbolicLink(In("link"), real);
        Assert.Throws<StoreInUseException>(() => Open(kind, In("link")));
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("memories")]
    public async Task A_chain_of_links_through_directories_is_no_other_file(string kind)
    {
        Directory.CreateDirectory(In("a"));
        Directory.CreateSymbolicLink(In("b"), In("a"));
        File.CreateSymbolicLink(In("one"), Path.Combine("b", "two"));
        File.CreateSymbolicLink(In("a/two"), In("a/real"));
        await using (Open(kind, In("one")))
        {
            Assert.True(File.Exists(In("a/real")));
            Assert.NotNull(File.ResolveLinkTarget(In("one"), returnFinalTarget: false));
            Assert.Throws<StoreInUseException>(() => Open(kind, In("b/real")));
        }

        await using var again = Open(kind, In("a/real"));
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("memories")]
    [InlineData("sqlite-memories")]
    public async Task A_file_with_several_names_is_refused(string kind)
    {
        await using (Open(kind, In("real")))
        {
        }

        using (var ln = Process.Start("ln", [In("real"), In("other")]))
        {
            await ln.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(0, ln.ExitCode);
        }

        Assert.Contains("hard links", Assert.Throws<IOException>(() => Open(kind, In("other"))).Message, StringComparison.Ordinal);
        File.Delete(In("other"));
        await using var again = Open(kind, In("real"));
    }

    [Fact]
    public async Task A_refused_store_leaves_the_other_one_its_locks()
    {
        await using var first = new SqliteSessionStore(In("real"));
        File.CreateSymbolicLink(In("link"), In("real"));
        var claim = await first.CreateAsync("a");
        Assert.Throws<StoreInUseException>(() => new SqliteSessionStore(In("link")));

        // Whoever comes from outside and goes again must not think that nobody else has the database, and take the log with him.
        using (var sqlite = Process.Start(new ProcessStartInfo("python3", ["-c", "import sqlite3,sys; c = sqlite3.connect(sys.argv[1]); print(c.execute('select count(*) from agentflow_sessions').fetchone()); c.close()", In("real")]) { RedirectStandardOutput = true })!)
        {
            Assert.Contains("1", await sqlite.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
            await sqlite.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        Assert.True(File.Exists(In("real-wal")));
        await first.AppendAsync(claim, 1, Given.Outcome("A"));
    }

    /// <summary>A file that is seen in two directories, as with a bind mount of the file: what lies beside it is seen in one of them only.</summary>
    [Fact]
    public async Task A_file_is_locked_besides_its_name()
    {
        await using var first = new SqliteSessionStore(In("real"));
        File.Move(In("real-lock"), In("hidden"));
        Assert.Throws<StoreInUseException>(() => new SqliteSessionStore(In("real")));
    }

    [Fact]
    public async Task Another_process_is_kept_away_from_a_file_seen_in_another_directory()
    {
        await using var first = new SqliteSessionStore(In("real"));

        // The lock that another process would ask for: of an open file description, on the byte that stores agree on.
        const string Ask = """
            import fcntl, os, struct, sys
            f = os.open(sys.argv[1], os.O_RDWR)
            try:
                fcntl.fcntl(f, 37, struct.pack('hhqqi4x', fcntl.F_WRLCK, 0, 1 << 61, 1, 0))
                print('free')
            except BlockingIOError:
                print('taken')
            """;
        using var python = Process.Start(new ProcessStartInfo("python3", ["-c", Ask, In("real")]) { RedirectStandardOutput = true })!;
        Assert.Equal("taken", (await python.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken)).Trim());
        await python.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Stores_of_relics_share_a_folder_by_any_name()
    {
        Directory.CreateDirectory(In("real"));
        Directory.CreateSymbolicLink(In("link"), In("real"));
        using var one = new FileRelicStore(In("real"));
        using var two = new FileRelicStore(In("link"));
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Task.Run(async () =>
            await (i % 2 == 0 ? one : two).WriteAsync("key", System.Text.Json.JsonElement.Parse($"\"{new string((char)('a' + (i % 26)), 100 + (i * 50))}\""), TestContext.Current.CancellationToken))));
        Assert.NotNull(await one.ReadAsync("key", TestContext.Current.CancellationToken));
        Assert.Single(Directory.EnumerateFiles(In("real")));
    }

    private static IAsyncDisposable Open(string kind, string path) => kind switch
    {
        "sqlite" => new SqliteSessionStore(path),
        "files" => new FileSessionStore(path),
        "memories" => new Disposing(new FileMemoryStore(path)),
        _ => new Disposing(new SqliteMemoryStore(path)),
    };

    private string In(string name) => Path.Combine(_directory.FullName, name);

    private sealed class Disposing(IDisposable inner) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            inner.Dispose();
            return default;
        }
    }
}
