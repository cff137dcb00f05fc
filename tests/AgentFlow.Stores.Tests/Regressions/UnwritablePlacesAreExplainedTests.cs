using Microsoft.Data.Sqlite;
using System.Runtime.InteropServices;
using System.Runtime.ExceptionServices;
using System.Runtime.Versioning;

namespace AgentFlow.Stores.Tests.Regressions;

/// <summary>Whatever kept a store from making its lock was told as "open in another process".</summary>
[SupportedOSPlatform("linux")]
public sealed partial class UnwritablePlacesAreExplainedTests : IDisposable
{
    private const int Nobody = 65534;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("agentflow-");

    public static TheoryData<string> Kinds => ["sqlite", "files", "memories"];

    public void Dispose()
    {
        foreach (var path in (string[])[_directory.FullName, In("closed"), In("missing")])
        {
            if (Directory.Exists(path))
            {
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
        }

        _directory.Delete(recursive: true);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_file_where_a_directory_has_to_be(string kind)
    {
        File.WriteAllText(In("file"), "");
        var error = Assert.ThrowsAny<Exception>(() => Open(kind, In("file/inside/store")));
        Assert.IsNotType<StoreInUseException>(error);
        Assert.Contains(In("file/inside"), error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("another process", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_no_database()
    {
        File.WriteAllText(In("letter"), new string('a', 4096));
        Assert.Contains(In("letter"), Assert.Throws<SqliteException>(() => new SqliteSessionStore(In("letter"))).Message, StringComparison.Ordinal);
        Assert.Contains(In("letter"), Assert.Throws<DamagedMemoryException>(() => new SqliteMemoryStore(In("letter"))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_place_where_nobody_can_make_a_file(string kind)
    {
        var error = Assert.ThrowsAny<Exception>(() => Open(kind, "/proc/self/agentflow"));
        Assert.True(error is IOException or UnauthorizedAccessException, error.ToString());
        Assert.Contains("/proc/self", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("another process", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_directory_where_a_file_has_to_be()
    {
        Directory.CreateDirectory(In("store"));
        Assert.Contains("is a directory", Assert.Throws<IOException>(() => new SqliteSessionStore(In("store"))).Message, StringComparison.Ordinal);
        Assert.Contains("is a directory", Assert.Throws<IOException>(() => new SqliteMemoryStore(In("store"))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_directory_that_may_only_be_read(string kind)
    {
        Directory.CreateDirectory(In("closed"));
        foreach (var path in (string[])[_directory.FullName, In("closed")])
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        }

        foreach (var path in (string[])[In("closed"), In("missing")])
        {
            var error = AsNobody(() => Open(kind, kind == "files" ? path : Path.Combine(path, "store")));
            Assert.True(error is UnauthorizedAccessException or IOException and not StoreInUseException, error?.ToString());
            Assert.Contains(path, error!.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("another process", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_database_that_may_only_be_read()
    {
        File.WriteAllBytes(In("a.db"), []);
        File.SetUnixFileMode(_directory.FullName, (UnixFileMode)0b111_111_111);
        File.SetUnixFileMode(In("a.db"), UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        var error = Assert.IsType<UnauthorizedAccessException>(AsNobody(() => Open("sqlite", In("a.db"))));
        Assert.Contains("has to write to it", error.Message, StringComparison.Ordinal);
    }

    private static object Open(string kind, string path) => kind switch
    {
        "sqlite" => new SqliteSessionStore(path),
        "files" => new FileSessionStore(path),
        _ => new FileMemoryStore(path),
    };

    /// <summary>Tests may run as root, for whom no permission is missing: on Linux a thread can ask for files as somebody else.</summary>
    private static Exception? AsNobody(Action action)
    {
        Exception? error = null;
        var thread = new Thread(() =>
        {
            _ = SetUser(Nobody);
            try
            {
                action();
            }
            catch (Exception e)
            {
                error = ExceptionDispatchInfo.Capture(e).SourceException;
            }
        });
        thread.Start();
        Assert.True(thread.Join(TimeSpan.FromSeconds(30)));
        return error;
    }

    [LibraryImport("libc", EntryPoint = "setfsuid")]
    private static partial int SetUser(int user);

    private string In(string name) => Path.Combine(_directory.FullName, name);
}
