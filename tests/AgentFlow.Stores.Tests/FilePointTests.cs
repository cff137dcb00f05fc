namespace AgentFlow.Stores.Tests;

/// <summary>What is kept beside a session's file spares the reading of its beginning, and never says anything else than the file.</summary>
public sealed class FilePointTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("agentflow-");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task The_beginning_is_not_read_until_it_is_asked_for()
    {
        var expected = await WriteAsync();
        var log = Log();
        var content = await File.ReadAllBytesAsync(log, Ct);
        content[content.AsSpan().IndexOf("first"u8)] ^= 1;
        await File.WriteAllBytesAsync(log, content, Ct);

        await using var store = new FileSessionStore(_directory.FullName);
        Assert.Equal(expected, Seen.Of(store, await store.FindAsync("s", Ct)));
        var claim = (await store.ClaimAsync("s", Given.Owner, Given.Lease, Ct))!;
        await store.AppendAsync(claim, 5, Record(3, "D"));
        Assert.Equal(["C", "D"], await store.ReadAsync("s", 4, Ct).Select(static r => r.Action).ToListAsync(Ct));
        await Assert.ThrowsAsync<DamagedSessionException>(() => store.ReadAllAsync("s"));
    }

    [Fact]
    public async Task Whatever_is_asked_for_is_there_all_the_same()
    {
        await WriteAsync();
        await using var store = new FileSessionStore(_directory.FullName);
        var claim = (await store.ClaimAsync("s", Given.Owner, Given.Lease, Ct))!;
        await store.AppendAsync(claim, 5, Record(3, "D"));
        Assert.Equal("first,A,B,C,D", await store.ActionsAsync("s"));
        Assert.Equal([1L, 2, 3, 4, 5, 6], (await store.ReadAllAsync("s")).Select(static r => r.Sequence));
        await store.AppendAsync(claim, 6, Record(3, "E"));
        await store.ForkAsync("s", 3, Given.Session("f"), Ct);
        Assert.Equal("first,A", await store.ActionsAsync("f"));
    }

    /// <summary>Of the last iteration, of one before it, and one that names none.</summary>
    [Theory]
    [InlineData("o/3/C/-1/0")]
    [InlineData("o/2/B/-1/0")]
    [InlineData("o/1/first/-1/0")]
    [InlineData("no iteration")]
    public async Task A_key_is_recorded_once_wherever_it_is(string key)
    {
        await WriteAsync();
        await using var store = new FileSessionStore(_directory.FullName);
        var claim = (await store.ClaimAsync("s", Given.Owner, Given.Lease, Ct))!;
        await Assert.ThrowsAsync<FencedException>(() => store.AppendAsync(claim, 5, Record(9, "X") with { Key = key }).AsTask());
        await store.AppendAsync(claim, 5, Record(9, "X") with { Key = key + "'" });
    }

    [Fact]
    public async Task A_point_that_is_torn_or_changed_is_passed_over()
    {
        var expected = await WriteAsync();
        var path = Log() + ".point";
        var content = await File.ReadAllBytesAsync(path, Ct);
        for (var at = 0; at < content.Length; at++)
        {
            var flipped = (byte[])content.Clone();
            flipped[at] ^= (byte)(1 << (at % 8));
            foreach (var damaged in (byte[][])[flipped, content[..at]])
            {
                await File.WriteAllBytesAsync(path, damaged, Ct);
                await using var store = new FileSessionStore(_directory.FullName);
                Assert.Equal(expected, Seen.Of(store, await store.FindAsync("s", Ct)));
                Assert.Equal(5, (await store.ReadAllAsync("s")).Count);
            }
        }
    }

    [Fact]
    public async Task A_point_of_another_file_is_passed_over()
    {
        await WriteAsync();
        var point = await File.ReadAllBytesAsync(Log() + ".point", Ct);
        await using (var store = new FileSessionStore(_directory.FullName))
        {
            await store.DeleteAsync("s", Ct);
            Assert.Empty(Directory.EnumerateFiles(_directory.FullName, "*.point"));
        }

        var expected = await WriteAsync(payload: "other");
        await File.WriteAllBytesAsync(Log() + ".point", point, Ct);
        await using var again = new FileSessionStore(_directory.FullName);
        Assert.Equal(expected, Seen.Of(again, await again.FindAsync("s", Ct)));
        Assert.Equal("other", System.Text.Encoding.UTF8.GetString((await again.ReadAllAsync("s"))[4].Payload.Span));
    }

    private string Log() => Directory.EnumerateFiles(_directory.FullName, "*.session").Single();

    private static JournalRecord Record(int iteration, string action) => new() { Kind = JournalKind.Completed, Iteration = iteration, Action = action, Key = $"o/{iteration}/{action}/-1/0" };

    /// <summary>A session with a snapshot of its third iteration, and a record after it.</summary>
    private async Task<Seen> WriteAsync(string payload = "payload")
    {
        await using var store = new FileSessionStore(_directory.FullName);
        var claim = await store.CreateAsync("s");
        await store.AppendAsync(claim, 1, Record(1, "first"), Record(1, "A") with { Key = "no iteration" });
        await store.SignalAsync(new() { Session = "s", Name = "N", Key = "k" }, Ct);
        await store.SignalAsync(new() { Session = "s", Name = "M" }, Ct);
        await store.AppendAsync(new() { Claim = claim, After = 3, Records = [Record(2, "B")], State = SessionState.Running, Consumed = [1], SignalsSeen = 1, SetsWake = true, WakeAfter = TimeSpan.FromDays(1), Snapshot = new(4, new byte[] { 4 }) }, Ct);
        await store.AppendAsync(claim, 4, Record(3, "C") with { Payload = System.Text.Encoding.UTF8.GetBytes(payload) });
        await store.ReleaseAsync(claim, Ct);
        Assert.True(File.Exists(Log() + ".point"));
        var info = await store.FindAsync("s", Ct);
        Assert.False(await store.SignalAsync(new() { Session = "s", Name = "N", Key = "k" }, Ct));
        return Seen.Of(store, info);
    }

    /// <summary>What is seen of the session.</summary>
    private sealed record Seen(SessionInfo? Info, string Signals, string? Snapshot)
    {
        public static Seen Of(FileSessionStore store, SessionInfo? info) => new(
            info,
            string.Join(",", store.ReadSignalsAsync("s").GetAwaiter().GetResult().Select(static s => (s.Number, s.Name, s.Timestamp))),
            store.FindSnapshotAsync("s", long.MaxValue).GetAwaiter().GetResult() is { } snapshot ? $"{snapshot.Sequence} {Convert.ToHexString(snapshot.Payload.Span)}" : null);
    }
}
