using System.Numerics;

namespace AgentFlow.Stores.Tests.Regressions;

/// <summary>
/// A copy of a session's file beside it was taken for the session when the store was opened again, so that what had happened since happened once more; two files that had changed
/// their names were believed; one that was renamed over another swallowed what was given to it; and one broken point kept the whole directory from opening.
/// </summary>
public sealed class CopiesTookASessionOverTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("agentflow-");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Delete(recursive: true);

    [Theory]
    [InlineData("0.session")]
    [InlineData("backup.session")]
    [InlineData("zz.session")]
    public async Task A_copy_is_no_session(string name)
    {
        await using (var store = new FileSessionStore(_directory.FullName))
        {
            var claim = await store.CreateAsync("a");
            File.Copy(Files().Single(), In(name));
            await store.AppendAsync(claim, 1, Given.Outcome("A"));
        }

        await using var again = new FileSessionStore(_directory.FullName);
        Assert.Equal(2, (await again.FindAsync("a", Ct))!.Sequence);
        Assert.Equal("a", Assert.Single(await again.ListAsync(new(), Ct)).Id);
        var damaged = Assert.Single(again.Damaged);
        Assert.Equal(name, damaged.Key);
        Assert.Contains("its file holds session 'a'", damaged.Value.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_that_have_changed_their_names_are_told()
    {
        await using (var store = new FileSessionStore(_directory.FullName))
        {
            await store.CreateAsync("a");
            await store.CreateAsync("b");
        }

        var files = Files();
        File.Move(files[0], In("spare"));
        File.Move(files[1], files[0]);
        File.Move(In("spare"), files[1]);
        await using var again = new FileSessionStore(_directory.FullName);
        foreach (var (id, held) in new[] { ("a", "b"), ("b", "a") })
        {
            var told = await Assert.ThrowsAsync<DamagedSessionException>(() => again.FindAsync(id, Ct).AsTask());
            Assert.Contains($"its file holds session '{held}'", told.Message, StringComparison.Ordinal);
            Assert.Equal(id, told.Session);
            await Assert.ThrowsAsync<DamagedSessionException>(() => again.CreateAsync(id).AsTask());
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_given_to_a_file_that_took_its_place_is_refused(bool isCopyOfItself)
    {
        await using var store = new FileSessionStore(_directory.FullName);
        await store.ReleaseAsync(await store.CreateAsync("a"), Ct);
        var a = Files().Single();
        await store.ReleaseAsync(await store.CreateAsync("b"), Ct);
        File.Copy(isCopyOfItself ? a : Files().Single(f => f != a), In("other"));
        File.Move(In("other"), a, overwrite: true);
        await Assert.ThrowsAsync<StoreReplacedException>(() => store.SignalAsync(new() { Session = "a", Name = "n" }, Ct).AsTask());
        await Assert.ThrowsAsync<StoreReplacedException>(() => store.ClaimAsync("a", "w", TimeSpan.FromMinutes(1), Ct).AsTask());
        Assert.True(await store.SignalAsync(new() { Session = "b", Name = "n" }, Ct));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task So_is_what_is_given_to_a_file_that_somebody_has_written_to(bool isOlder)
    {
        byte[] older;
        byte[] newer;
        await using (var store = new FileSessionStore(_directory.FullName))
        {
            await store.ReleaseAsync(await store.CreateAsync("a"), Ct);
            older = await File.ReadAllBytesAsync(Files().Single(), Ct);
            var claim = (await store.ClaimAsync("a", Given.Owner, Given.Lease, Ct))!;
            await store.AppendAsync(claim, 1, Given.Outcome("A"));
            await store.ReleaseAsync(claim, Ct);
            newer = await File.ReadAllBytesAsync(Files().Single(), Ct);
        }

        await WriteInPlaceAsync(isOlder ? newer : older);
        await using var again = new FileSessionStore(_directory.FullName);
        await WriteInPlaceAsync(isOlder ? older : newer);
        await Assert.ThrowsAsync<StoreReplacedException>(() => again.SignalAsync(new() { Session = "a", Name = "n" }, Ct).AsTask());
        await Assert.ThrowsAsync<StoreReplacedException>(() => again.ClaimAsync("a", "w", TimeSpan.FromMinutes(1), Ct).AsTask());

        async Task WriteInPlaceAsync(byte[] content)
        {
            await using var file = new FileStream(Files().Single(), FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            file.SetLength(0);
            await file.WriteAsync(content, Ct);
        }
    }

    [Fact]
    public async Task A_point_that_points_nowhere_is_passed_over()
    {
        await using (var store = new FileSessionStore(_directory.FullName))
        {
            var claim = await store.CreateAsync("a");
            await store.AppendAsync(new SessionAppend { Claim = claim, After = 1, Records = [Given.Outcome("A")], Snapshot = new(2, new byte[] { 1 }), Releases = true }, Ct);
        }

        var point = In(Path.GetFileName(Files().Single()) + ".point");
        var content = await File.ReadAllBytesAsync(point, Ct);
        foreach (var at in new[] { 13, 17 })
        {
            var broken = content.ToArray();
            broken.AsSpan(at, 4).Fill(0xff);
            BitConverter.TryWriteBytes(broken.AsSpan(8), Checksum(broken.AsSpan(12)));
            await File.WriteAllBytesAsync(point, broken, Ct);
            await using var again = new FileSessionStore(_directory.FullName);
            Assert.Equal(2, (await again.FindAsync("a", Ct))!.Sequence);
        }
    }

    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
        {
            crc = BitOperations.Crc32C(crc, b);
        }

        return ~crc;
    }

    private string In(string name) => Path.Combine(_directory.FullName, name);

    private string[] Files() => Directory.GetFiles(_directory.FullName, "*.session");
}
