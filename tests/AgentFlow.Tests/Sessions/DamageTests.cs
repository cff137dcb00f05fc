namespace AgentFlow.Tests.Sessions;

public sealed class DamageTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("agentflow-damage-");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task A_flipped_bit_anywhere_is_told_and_harms_nobody_else()
    {
        var (path, content) = await WriteAsync();
        var (told, whole) = (0, 0);
        for (var at = 0; at < content.Length; at++)
        {
            var damaged = (byte[])content.Clone();
            damaged[at] ^= (byte)(1 << (at % 8));
            await File.WriteAllBytesAsync(path, damaged, Ct);
            if (await IsToldAsync())
            {
                told++;
            }
            else
            {
                whole++;
            }
        }

        Assert.Equal(0, whole);
        Assert.Equal(content.Length, told);
    }

    [Fact]
    public async Task A_file_cut_anywhere_gives_an_earlier_state_or_is_told()
    {
        var (path, content) = await WriteAsync();
        for (var length = 0; length < content.Length; length++)
        {
            await File.WriteAllBytesAsync(path, content[..length], Ct);
            await IsToldAsync();
        }
    }

    [Fact]
    public async Task A_record_of_one_place_does_not_open_at_another()
    {
        await using var inner = new MemorySessionStore();
        await using (var runtime = new AgentRuntime(inner))
        {
            await (await runtime.StartAsync(new Order(), "apples", new() { Id = "o" }, Ct)).Result;
        }

        var records = await inner.ReadAsync("o", 0, Ct).ToListAsync(Ct);
        await using var swapped = new MemorySessionStore();
        var (count, quote) = (records.FindIndex(r => r.Action == "Count"), records.FindIndex(r => r.Action == "Quote"));
        (records[count], records[quote]) = (records[count] with { Payload = records[quote].Payload }, records[quote] with { Payload = records[count].Payload });
        await swapped.CreateAsync(new SessionInfo { Id = "o", Agent = "Order", Shape = "" }, records, "x", TimeSpan.Zero, Ct);
        await using var reader = new AgentRuntime(swapped);
        var error = await Assert.ThrowsAsync<DamagedSessionException>(() => reader.ReadOutcomesAsync(new Order(), "o", Ct).AsTask());
        Assert.Contains("checksum", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_disk_is_told_and_what_was_recorded_is_kept()
    {
        await using var inner = new MemorySessionStore();
        var agent = new Order();
        await using (var full = new AgentRuntime(new DyingStore(inner, "Quote")))
        {
            var session = await full.StartAsync(agent, "apples", new() { Id = "o" }, Ct);
            await Assert.ThrowsAsync<IOException>(() => session.Result);
        }

        await using var runtime = new AgentRuntime(inner);
        await inner.ReleaseAsync((await inner.ClaimAsync("o", (await inner.FindAsync("o", Ct))!.Owner!, TimeSpan.Zero, Ct))!, Ct);
        Assert.Equal("apples: 6 for 12", await (await runtime.ResumeAsync(agent, "o", Ct)).Result);
        Assert.Equal(1, (await runtime.ReadOutcomesAsync(agent, "o", Ct)).Count(o => o.Action == "Count"));
    }

    /// <summary>A suspended session, and one beside it.</summary>
    private async Task<(string Path, byte[] Content)> WriteAsync()
    {
        await using var store = new FileSessionStore(_directory.FullName);
        await using (var runtime = new AgentRuntime(store))
        {
            await (await runtime.StartAsync(new Expense(), 1m, new() { Id = "other" }, Ct)).WaitAsync(Ct);
        }

        var before = Directory.GetFiles(_directory.FullName, "*.session");
        await using (var runtime = new AgentRuntime(store))
        {
            await (await runtime.StartAsync(new Expense(), 2m, new() { Id = "target" }, Ct)).WaitAsync(Ct);
        }

        var path = Directory.GetFiles(_directory.FullName, "*.session").Except(before).Single();
        return (path, await File.ReadAllBytesAsync(path, Ct));
    }

    /// <summary>Whether the session cannot be read, which must be said by the right exception. The other one must not notice.</summary>
    private async Task<bool> IsToldAsync()
    {
        await using var store = new FileSessionStore(_directory.FullName);
        await using var runtime = new AgentRuntime(store, new() { PollInterval = TimeSpan.FromDays(1) });
        Assert.Equal("report of 1", (await runtime.ReadOutcomesAsync(new Expense(), "other", Ct)).Single().Value.GetString());
        try
        {
            foreach (var outcome in await runtime.ReadOutcomesAsync(new Expense(), "target", Ct))
            {
                Assert.Equal("report of 2", outcome.Value.GetString());
            }

            return false;
        }
        catch (SessionException e)
        {
            Assert.True(e is DamagedSessionException or SessionNotFoundException, e.ToString());
            return true;
        }
    }
}
