using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace AgentFlow.Stores.Tests.Regressions;

/// <summary>
/// One entry of a directory that cannot be read kept the whole store from opening: a file that may not be read and a link that leads nowhere threw, a pipe was waited for. A file that was
/// moved away, with a link to it in its place, was written to where somebody else may have it.
/// </summary>
[SupportedOSPlatform("linux")]
public sealed partial class OneUnreadableEntryCostOnlyItselfTests : IDisposable
{
    private const int Nobody = 65534;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("agentflow-");

    public static TheoryData<string, string> Entries => new()
    {
        { "mode 000", "denied" },
        { "dangling link", "Could not find file" },
        { "circle of links", "" },
        { "pipe", "named pipe" },
        { "link to a pipe", "named pipe" },
        { "socket", "socket" },
        { "device", "device" },
        { "directory", "directory" },
        { "link to a directory", "directory" },
        { "huge file", "4294967296 bytes" },
        { "empty file", "nothing" },
    };

    public static TheoryData<string> Others => ["dangling link", "circle of links", "pipe", "socket", "device", "directory", "huge file", "empty file"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Delete(recursive: true);

    [Theory]
    [MemberData(nameof(Entries))]
    public void Beside_sessions(string kind, string reason) => Bounded(isNobody: kind == "mode 000", action: () =>
    {
        var store = new FileSessionStore(_directory.FullName);
        Wait(store.ReleaseAsync(Wait(store.CreateAsync("good")), Ct));
        Wait(store.DisposeAsync());
        Make(kind, PathOf("bad"));
        Make(kind, In("aaaa.session"));

        store = new FileSessionStore(_directory.FullName);
        try
        {
            Assert.Equal("good", Assert.Single(Wait(store.ListAsync(new(), Ct))).Id);
            Assert.True(Wait(store.SignalAsync(new() { Session = "good", Name = "n" }, Ct)));
            Wait(store.CreateAsync("new"));
            Assert.Null(Wait(store.FindAsync("unknown", Ct)));

            var damaged = store.Damaged;
            Assert.Equal(new[] { "aaaa.session", Path.GetFileName(PathOf("bad")) }.Order(StringComparer.Ordinal), damaged.Keys.Order(StringComparer.Ordinal));
            foreach (var (name, error) in damaged)
            {
                Assert.IsType<DamagedSessionException>(error);
                Assert.Contains(In(name), error.Message, StringComparison.Ordinal);
                Assert.Contains(reason, error.Message, StringComparison.Ordinal);
            }

            Action[] refused =
            [
                () => Wait(store.FindAsync("bad", Ct)),
                () => Wait(store.CreateAsync("bad")),
                () => Wait(store.ClaimAsync("bad", "w", Given.Lease, Ct)),
                () => Wait(store.SignalAsync(new() { Session = "bad", Name = "n" }, Ct)),
                () => Wait(store.FindSnapshotAsync("bad", 1, Ct)),
            ];
            Assert.All(refused, action => Assert.Equal("bad", Assert.Throws<DamagedSessionException>(action).Session));
            Assert.Equal(new[] { "good", "new" }, Wait(store.ListAsync(new(), Ct)).Select(static i => i.Id));
        }
        finally
        {
            Wait(store.DisposeAsync());
        }
    });

    [Fact]
    public void A_file_that_became_readable_since_is_told() => AsNobody(() =>
    {
        var store = new FileSessionStore(_directory.FullName);
        Wait(store.CreateAsync("a"));
        Wait(store.DisposeAsync());
        var file = PathOf("a");
        File.SetUnixFileMode(file, UnixFileMode.None);
        store = new FileSessionStore(_directory.FullName);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Assert.Contains("again", Assert.Throws<DamagedSessionException>(() => Wait(store.FindAsync("a", Ct))).Message, StringComparison.Ordinal);
        Assert.Throws<DamagedSessionException>(() => Wait(store.CreateAsync("a")));
        Assert.Equal(Path.GetFileName(file), Assert.Single(store.Damaged).Key);
        Wait(store.DisposeAsync());

        store = new FileSessionStore(_directory.FullName);
        Assert.NotNull(Wait(store.FindAsync("a", Ct)));
        Assert.Empty(store.Damaged);
        Wait(store.DisposeAsync());
    });

    [Fact]
    public void A_file_that_may_not_be_read_any_more_is_told() => AsNobody(() =>
    {
        var store = new FileSessionStore(_directory.FullName);
        Wait(store.ReleaseAsync(Wait(store.CreateAsync("a")), Ct));
        Wait(store.ReleaseAsync(Wait(store.CreateAsync("b")), Ct));
        File.SetUnixFileMode(PathOf("a"), UnixFileMode.None);
        Assert.Throws<DamagedSessionException>(() => Wait(store.ClaimAsync("a", "w", Given.Lease, Ct)));
        Assert.NotNull(Wait(store.ClaimAsync("b", "w", Given.Lease, Ct)));
        File.SetUnixFileMode(PathOf("a"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Assert.NotNull(Wait(store.ClaimAsync("a", "w", Given.Lease, Ct)));
        Wait(store.DisposeAsync());
    });

    [Theory]
    [MemberData(nameof(Others))]
    public void In_the_place_of_what_is_kept_beside_a_session(string kind) => Bounded(() =>
    {
        Make(kind, PathOf("a") + ".point");
        Make(kind, PathOf("a") + ".point.new");
        Make(kind, PathOf("b") + ".new");
        var store = new FileSessionStore(_directory.FullName);
        var claim = Wait(store.CreateAsync("a"));
        Wait(store.AppendAsync(new SessionAppend { Claim = claim, After = 1, Records = [Given.Outcome("A")], Snapshot = new(2, new byte[] { 1 }), Releases = true }, Ct));
        if (kind == "directory")
        {
            Assert.ThrowsAny<Exception>(() => Wait(store.CreateAsync("b")));
        }
        else
        {
            Wait(store.CreateAsync("b"));
        }

        Wait(store.DisposeAsync());
        store = new FileSessionStore(_directory.FullName);
        Assert.Equal(2, Wait(store.FindAsync("a", Ct))!.Sequence);
        Wait(store.DisposeAsync());
    });

    [Theory]
    [InlineData("pipe")]
    [InlineData("socket")]
    [InlineData("device")]
    [InlineData("directory")]
    public void In_the_place_of_a_lock_or_of_the_only_file(string kind) => Bounded(() =>
    {
        Make(kind, In("lock"));
        Make(kind, In("memories"));
        Make(kind, In("a.db"));
        foreach (var (path, open) in new (string, Func<object>)[]
        {
            (In("lock"), () => new FileSessionStore(_directory.FullName)),
            (In("memories"), () => new FileMemoryStore(In("memories"))),
            (In("a.db"), () => new SqliteSessionStore(In("a.db"))),
            (In("a.db"), () => new SqliteMemoryStore(In("a.db"))),
        })
        {
            var error = Assert.ThrowsAny<Exception>(() => open());
            Assert.True(error is UnauthorizedAccessException or IOException and not StoreInUseException, error.ToString());
            Assert.Contains(kind == "device" && path != In("lock") ? "/dev/zero" : path, error.Message, StringComparison.Ordinal);
            Assert.False(File.Exists("/dev/zero.lock"));
        }
    });

    [Theory]
    [InlineData("pipe")]
    [InlineData("socket")]
    [InlineData("device")]
    [InlineData("directory")]
    public void In_the_place_of_a_relic(string kind) => Bounded(() =>
    {
        using var relics = new FileRelicStore(In("relics"));
        Wait(relics.WriteAsync("k", JsonDocument.Parse("1").RootElement, Ct));
        var path = Directory.EnumerateFiles(In("relics")).Single();
        File.Delete(path);
        Make(kind, path);
        Assert.Contains("'k'", Assert.Throws<InvalidDataException>(() => Wait(relics.ReadAsync("k", Ct))).Message, StringComparison.Ordinal);
        Wait(relics.WriteAsync("other", JsonDocument.Parse("2").RootElement, Ct));
        Assert.Equal(2, Wait(relics.ReadAsync("other", Ct))!.Value.GetInt32());
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_link_to_where_a_session_was_moved_is_noticed(bool isOwned)
    {
        await using var store = new FileSessionStore(_directory.FullName);
        var claim = await store.CreateAsync("a");
        if (!isOwned)
        {
            await store.ReleaseAsync(claim, Ct);
        }

        MoveAndLink(PathOf("a"));
        await Assert.ThrowsAsync<StoreReplacedException>(() => store.SignalAsync(new() { Session = "a", Name = "n" }, Ct).AsTask());
        await store.CreateAsync("b");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task So_is_one_to_a_database_or_to_memories(bool isSqlite)
    {
        if (isSqlite)
        {
            await using var store = new SqliteSessionStore(In("s"));
            var claim = await store.CreateAsync("a");
            MoveAndLink(In("s"));
            await Assert.ThrowsAsync<StoreReplacedException>(() => store.AppendAsync(claim, 1, Given.Outcome("A")).AsTask());
        }
        else
        {
            using var store = new FileMemoryStore(In("s"));
            MoveAndLink(In("s"));
            await Assert.ThrowsAsync<StoreReplacedException>(() => store.AddAsync(new() { Subject = "s", Id = "1", Text = "text", CreatedAt = DateTimeOffset.UnixEpoch }, Ct).AsTask());
        }
    }

    [Fact]
    public async Task A_session_that_was_a_link_from_the_beginning_goes_on()
    {
        await using (var store = new FileSessionStore(_directory.FullName))
        {
            await store.CreateAsync("a");
        }

        MoveAndLink(PathOf("a"));
        await using var again = new FileSessionStore(_directory.FullName);
        Assert.True(await again.SignalAsync(new() { Session = "a", Name = "n" }, Ct));
        await again.AppendAsync((await again.ClaimAsync("a", Given.Owner, Given.Lease, Ct))!, 1, Given.Outcome("A"));
        File.Delete(PathOf("a"));
        await Assert.ThrowsAnyAsync<Exception>(() => again.SignalAsync(new() { Session = "a", Name = "m" }, Ct).AsTask());
    }

    private static void MoveAndLink(string path)
    {
        File.Move(path, path + "-moved");
        File.CreateSymbolicLink(path, path + "-moved");
    }

    private static void Make(string kind, string path)
    {
        switch (kind)
        {
            case "mode 000":
                File.WriteAllText(path, "text");
                File.SetUnixFileMode(path, UnixFileMode.None);
                break;
            case "dangling link":
                File.CreateSymbolicLink(path, "/missing/file");
                break;
            case "circle of links":
                File.CreateSymbolicLink(path, path);
                break;
            case "pipe":
                Pipe(path);
                break;
            case "link to a pipe":
                Pipe(path + ".pipe");
                File.CreateSymbolicLink(path, path + ".pipe");
                break;
            case "socket":
                using (var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
                {
                    // The name of a socket is short; its file stays when it is moved.
                    var name = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
                    socket.Bind(new UnixDomainSocketEndPoint(name));
                    File.Move(name, path);
                }

                break;
            case "device":
                File.CreateSymbolicLink(path, "/dev/zero");
                break;
            case "directory":
                Directory.CreateDirectory(path);
                break;
            case "link to a directory":
                File.CreateSymbolicLink(path, Path.GetTempPath());
                break;
            case "huge file":
                using (var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write))
                {
                    RandomAccess.SetLength(file, 1L << 32);
                }

                break;
            default:
                File.WriteAllBytes(path, []);
                break;
        }
    }

    private static void Pipe(string path)
    {
        using var made = Process.Start("mkfifo", [path]);
        made.WaitForExit();
        Assert.Equal(0, made.ExitCode);
    }

    private static void Wait(ValueTask task) => task.AsTask().GetAwaiter().GetResult();

    private static T Wait<T>(ValueTask<T> task) => task.AsTask().GetAwaiter().GetResult();

    /// <summary>
    /// Tests may run as root, for whom no permission is missing: on Linux a thread can ask for files as somebody else, and so would the threads that it starts: it must not start any.
    /// </summary>
    private void AsNobody(Action action) => Bounded(action, isNobody: true);

    /// <summary>What waits for a pipe fails the test instead of keeping it.</summary>
    private void Bounded(Action action, bool isNobody = false)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "There are no such files.");
        File.SetUnixFileMode(_directory.FullName, (UnixFileMode)0b111_111_111);
        Exception? error = null;
        var thread = new Thread(() =>
        {
            if (isNobody)
            {
                _ = SetUser(Nobody);
            }

            try
            {
                action();
            }
            catch (Exception e)
            {
                error = e;
            }
        }) { IsBackground = true };
        thread.Start();
        Assert.True(thread.Join(Patience), "It waits for ever.");
        if (error is not null)
        {
            ExceptionDispatchInfo.Throw(error);
        }
    }

    [LibraryImport("libc", EntryPoint = "setfsuid")]
    private static partial int SetUser(int user);

    private string In(string name) => Path.Combine(_directory.FullName, name);

    /// <summary>The file of a session, as the store names it.</summary>
    private string PathOf(string id) => In(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)).AsSpan(0, 16)) + ".session");
}
