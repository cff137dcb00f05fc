using Microsoft.Data.Sqlite;

namespace AgentFlow.Stores.Tests;

/// <summary>Whatever becomes of the file, a store says what was written, or an exception that says what is wrong.</summary>
public sealed class SqliteDamageTests : IDisposable
{
    private const int Sessions = 12;
    private const int Records = 8;

    private readonly SqliteFile _file = new();

    public void Dispose() => _file.Dispose();

    [Fact]
    public async Task Flipped_bits_are_told_or_do_no_harm()
    {
        var expected = await WriteAsync();
        var whole = await File.ReadAllBytesAsync(_file.Path, TestContext.Current.CancellationToken);
        var random = new Random(1);
        var told = 0;
        var unharmed = 0;

        // The header of the file byte by byte, then anywhere.
        for (var i = 0; i < 400; i++)
        {
            var damaged = whole.ToArray();
            damaged[i < 100 ? i : random.Next(whole.Length)] ^= (byte)(1 << random.Next(8));
            var (ofThese, others) = await CompareAsync(damaged, expected);
            told += ofThese;
            unharmed += others;
        }

        Assert.True(told > 0, "No flipped bit was told.");
        Assert.True(unharmed > told, $"{told} sessions were told damaged, and {unharmed} were unharmed.");
    }

    [Fact]
    public async Task A_truncated_file_is_told_or_does_no_harm()
    {
        var expected = await WriteAsync();
        var whole = await File.ReadAllBytesAsync(_file.Path, TestContext.Current.CancellationToken);
        var random = new Random(2);
        var told = 0;
        for (var i = 0; i < 60; i++)
        {
            told += (await CompareAsync(whole[..(i % 2 == 0 ? random.Next(1, whole.Length) : random.Next(1, whole.Length / 4096) * 4096)], expected)).Told;
        }

        Assert.True(told > 0, "No truncation was told.");
    }

    [Fact]
    public async Task A_zeroed_page_is_told_or_does_no_harm()
    {
        var expected = await WriteAsync();
        var whole = await File.ReadAllBytesAsync(_file.Path, TestContext.Current.CancellationToken);
        for (var page = 0; page < whole.Length / 4096; page++)
        {
            var damaged = whole.ToArray();
            damaged.AsSpan(page * 4096, 4096).Clear();
            await CompareAsync(damaged, expected);
        }
    }

    [Fact]
    public async Task A_damaged_log_leaves_what_was_before_it()
    {
        Dictionary<string, string> expected;
        byte[] log;
        byte[] whole;
        await using (var store = _file.OpenStore())
        {
            expected = await FillAsync(store);
            log = await File.ReadAllBytesAsync(_file.Path + "-wal", TestContext.Current.CancellationToken);
            whole = await File.ReadAllBytesAsync(_file.Path, TestContext.Current.CancellationToken);
        }

        var random = new Random(3);
        for (var i = 0; i < 60; i++)
        {
            var damaged = i % 3 == 0 ? log[..random.Next(log.Length)] : log.ToArray();
            if (i % 3 != 0)
            {
                damaged[random.Next(log.Length)] ^= (byte)(1 << random.Next(8));
            }

            await File.WriteAllBytesAsync(_file.Path, whole, TestContext.Current.CancellationToken);
            await File.WriteAllBytesAsync(_file.Path + "-wal", damaged, TestContext.Current.CancellationToken);
            await using var store = _file.OpenStore();
            for (var s = 0; s < Sessions; s++)
            {
                if (await store.FindAsync($"s{s}", TestContext.Current.CancellationToken) is { } info)
                {
                    var found = await store.ReadAllAsync(info.Id);
                    Assert.Equal(info.Sequence, found.Count);
                    Assert.StartsWith(string.Join(";", found.Select(Describe)), expected[info.Id].Split('|')[1], StringComparison.Ordinal);
                }
            }
        }
    }

    [Fact]
    public async Task Damage_within_one_session_is_that_sessions_alone()
    {
        var expected = await WriteAsync();
        var whole = await File.ReadAllBytesAsync(_file.Path, TestContext.Current.CancellationToken);

        // Pages that were freed still have it too.
        var found = 0;
        for (var at = whole.AsSpan().IndexOf(Payload(5, 3)); at > 0; at = whole.AsSpan().IndexOf(Payload(5, 3)))
        {
            whole[at + 40] ^= 4;
            found++;
        }

        Assert.True(found > 0);
        await File.WriteAllBytesAsync(_file.Path, whole, TestContext.Current.CancellationToken);

        await using var store = _file.OpenStore();
        var damage = await Assert.ThrowsAsync<DamagedSessionException>(() => store.ReadAllAsync("s5"));
        Assert.Contains("record 5 has another checksum", damage.Message, StringComparison.Ordinal);
        for (var s = 0; s < Sessions; s++)
        {
            if (s != 5)
            {
                Assert.Equal(expected[$"s{s}"], await DescribeAsync(store, $"s{s}"));
                var claim = await store.ClaimAsync($"s{s}", Given.Owner, Given.Lease, TestContext.Current.CancellationToken);
                await store.AppendAsync(claim!, claim!.Info.Sequence, Given.Outcome("more"));
            }
        }

        // What is before the damage can be forked.
        Assert.Equal(3, (await store.ForkAsync("s5", 3, Given.Session("f"), TestContext.Current.CancellationToken)).Sequence);
        await Assert.ThrowsAsync<DamagedSessionException>(() => store.ForkAsync("s5", 6, Given.Session("g"), TestContext.Current.CancellationToken).AsTask());
        Assert.Null(await store.FindAsync("g", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_changed_id_is_mended_in_an_index_and_told_in_a_row()
    {
        await WriteAsync();
        var whole = await File.ReadAllBytesAsync(_file.Path, TestContext.Current.CancellationToken);
        var id = "s7"u8.ToArray();
        var found = 0;
        var told = 0;
        for (var at = whole.AsSpan().IndexOf(id); at >= 0; at = whole.AsSpan(at + 1).IndexOf(id) is var next and >= 0 ? at + 1 + next : -1)
        {
            var damaged = whole.ToArray();
            damaged[at + 1] = (byte)'~';
            File.Delete(_file.Path + "-wal");
            File.Delete(_file.Path + "-shm");
            await File.WriteAllBytesAsync(_file.Path, damaged, TestContext.Current.CancellationToken);

            // The second time, the indexes are mended already.
            for (var i = 0; i < 2; i++)
            {
                await using var store = _file.OpenStore();
                try
                {
                    Assert.NotNull(await store.FindAsync("s7", TestContext.Current.CancellationToken));
                    found++;
                }
                catch (DamagedSessionException)
                {
                    await Assert.ThrowsAsync<DamagedSessionException>(() => store.CreateAsync("s7").AsTask());
                    Assert.NotNull(await store.FindAsync("s6", TestContext.Current.CancellationToken));
                    told++;
                }
            }
        }

        Assert.True(found >= 2 && told >= 2, $"{found} times it was found, {told} times told damaged.");
    }

    private static byte[] Payload(int session, int record) => [.. Enumerable.Range(0, 120).Select(i => (byte)((session * 31) + (record * 7) + (i * i)))];

    private static string Describe(JournalRecord r) => $"{r.Sequence} {r.Kind} {r.Action} {r.Key} {r.Timestamp:O} {Convert.ToHexString(r.Payload.Span)}";

    private async Task<Dictionary<string, string>> WriteAsync()
    {
        await using var store = _file.OpenStore();
        return await FillAsync(store);
    }

    private static async Task<Dictionary<string, string>> FillAsync(SqliteSessionStore store)
    {
        var expected = new Dictionary<string, string>();
        for (var s = 0; s < Sessions; s++)
        {
            var claim = await store.CreateAsync($"s{s}");
            for (var r = 0; r < Records; r++)
            {
                await store.AppendAsync(claim, r + 1, Given.Outcome($"A{r}", Payload(s, r)));
            }

            await store.SignalAsync(new SignalRecord { Session = claim.Id, Name = "Approve", Key = "k", Payload = Payload(s, 100) }, TestContext.Current.CancellationToken);
            await store.AppendAsync(new SessionAppend { Claim = claim, After = Records + 1, Snapshot = new(Records + 1, Payload(s, 101)), Releases = true }, TestContext.Current.CancellationToken);
            expected[claim.Id] = await DescribeAsync(store, claim.Id);
        }

        return expected;
    }

    private static async Task<string> DescribeAsync(SqliteSessionStore store, string id)
    {
        var token = TestContext.Current.CancellationToken;
        var info = await store.FindAsync(id, token);
        var snapshot = await store.FindSnapshotAsync(id, long.MaxValue, token);
        return string.Join("|",
            info,
            string.Join(";", (await store.ReadAllAsync(id)).Select(Describe)),
            string.Join(";", (await store.ReadSignalsAsync(id, token)).Select(static s => $"{s.Number} {s.Name} {s.Key} {Convert.ToHexString(s.Payload.Span)}")),
            snapshot is null ? "none" : $"{snapshot.Sequence} {Convert.ToHexString(snapshot.Payload.Span)}");
    }

    /// <summary>Opens what has become of the file, and asks for every session.</summary>
    private async Task<(int Told, int Unharmed)> CompareAsync(byte[] damaged, Dictionary<string, string> expected)
    {
        File.Delete(_file.Path + "-wal");
        File.Delete(_file.Path + "-shm");
        await File.WriteAllBytesAsync(_file.Path, damaged, TestContext.Current.CancellationToken);
        SqliteSessionStore store;
        try
        {
            store = _file.OpenStore();
        }
        catch (Exception e) when (e is SqliteException or NotSupportedException)
        {
            return (Sessions, 0);
        }

        await using (store)
        {
            var told = 0;
            foreach (var (id, description) in expected)
            {
                try
                {
                    Assert.Equal(description, await DescribeAsync(store, id));
                }
                catch (Exception e) when (e is DamagedSessionException or SqliteException)
                {
                    told++;
                }
            }

            try
            {
                foreach (var info in await store.ListAsync(new(), TestContext.Current.CancellationToken))
                {
                    Assert.Equal(expected[info.Id].Split('|')[0], info.ToString());
                }
            }
            catch (SqliteException)
            {
                // Told.
            }

            return (told, Sessions - told);
        }
    }
}
