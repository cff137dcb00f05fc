using System.Text;

namespace AgentFlow.AI.Tests.Memory;

/// <summary>What every store of memories does.</summary>
public sealed class MemoryStoreTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("memories").FullName;
    private readonly List<IDisposable> _open = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Path => System.IO.Path.Combine(_folder, "memories.jsonl");

    public void Dispose()
    {
        _open.ForEach(static store => store.Dispose());
        Directory.Delete(_folder, recursive: true);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_memory_is_added_once_and_numbered(bool file)
    {
        var store = Make(file);
        var first = await store.AddAsync(Given("a", "tea"), Ct);
        var again = await store.AddAsync(Given("a", "coffee"), Ct);
        var second = await store.AddAsync(Given("b", "water"), Ct);
        Assert.Equal("tea", again.Text);
        Assert.Equal(first.Sequence, again.Sequence);
        Assert.True(second.Sequence > first.Sequence);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Pages_are_bounded_and_together_have_every_memory_in_order(bool file)
    {
        var store = Make(file);
        for (var i = 0; i < 25; i++)
        {
            await store.AddAsync(Given($"m{i}", $"text {i}", kind: i % 2 == 0 ? MemoryKind.Episodic : MemoryKind.Semantic), Ct);
        }

        var seen = new List<string>();
        var query = new MemoryQuery("ann") { Count = 4, Kind = MemoryKind.Episodic };
        while (true)
        {
            var page = await store.ListAsync(query, Ct);
            Assert.InRange(page.Memories.Count, 1, 4);
            seen.AddRange(page.Memories.Select(static memory => memory.Id));
            if (page.Next is not { } next)
            {
                break;
            }

            query = query with { After = next };
        }

        Assert.Equal(Enumerable.Range(0, 25).Where(static i => i % 2 == 0).Select(static i => $"m{i}"), seen);
        Assert.Throws<ArgumentOutOfRangeException>(static () => new MemoryQuery("ann") { Count = 1001 });
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Updates_keep_the_number_and_bring_nothing_back(bool file)
    {
        var store = Make(file);
        var added = await store.AddAsync(Given("a", "tea"), Ct);
        await store.AddAsync(Given("b", "gone"), Ct);
        Assert.Equal(1, await store.DeleteAsync("ann", ["b", "never"], Ct));
        Assert.Equal(1, await store.UpdateAsync([Given("a", "coffee") with { Sequence = 99 }, Given("b", "back")], Ct));
        var left = Assert.Single((await store.ListAsync(new("ann"), Ct)).Memories);
        Assert.Equal(("coffee", added.Sequence), (left.Text, left.Sequence));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Subjects_are_apart_and_deleted_whole(bool file)
    {
        var store = Make(file);
        await store.AddAsync(Given("a", "tea"), Ct);
        await store.AddAsync(Given("a", "coffee", "bob"), Ct);
        await store.AddAsync(Given("b", "water", "bob"), Ct);
        Assert.Equal(2, await store.DeleteSubjectAsync("bob", Ct));
        Assert.Empty((await store.ListAsync(new("bob"), Ct)).Memories);
        Assert.Equal("tea", Assert.Single((await store.ListAsync(new("ann"), Ct)).Memories).Text);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task What_is_too_long_or_out_of_range_is_refused(bool file)
    {
        var store = Make(file);
        await Assert.ThrowsAsync<ArgumentException>(async () => await store.AddAsync(Given("a", new string('x', MemoryRecord.MaxTextLength + 1)), Ct));
        await Assert.ThrowsAsync<ArgumentException>(async () => await store.AddAsync(Given("a\n", "text"), Ct));
        await Assert.ThrowsAsync<ArgumentException>(async () => await store.AddAsync(Given("a", "text", ""), Ct));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await store.AddAsync(Given("a", "text") with { Confidence = double.NaN }, Ct));
        Assert.Empty((await store.ListAsync(new("ann"), Ct)).Memories);
    }

    [Fact]
    public async Task Everything_is_there_after_reopening_embeddings_included()
    {
        var memory = Given("a", "tea \"ä\n\u2028") with { Embedding = new[] { 0.25f, -1, float.Epsilon }, EmbeddingModel = "m", Sources = ["x", "y"], Topic = "drink", Session = "s", Importance = 0, Recalls = 3, RecalledAt = DateTimeOffset.UnixEpoch };
        using (var store = new FileMemoryStore(Path))
        {
            await store.AddAsync(Given("first", "gone"), Ct);
            await store.AddAsync(memory, Ct);
            await store.AddAsync(Given("last", "gone as well"), Ct);
            await store.DeleteAsync("ann", ["first", "last"], Ct);
            store.Compact();
        }

        var reopened = Make(file: true);
        var read = Assert.Single((await reopened.ListAsync(new("ann"), Ct)).Memories);
        Assert.Equal(memory.Embedding.ToArray(), read.Embedding.ToArray());
        Assert.Equal(memory.Sources, read.Sources);
        Assert.Equal(memory with { Sequence = 2, Embedding = read.Embedding, Sources = read.Sources }, read);
        Assert.Equal(4, (await reopened.AddAsync(Given("b", "new"), Ct)).Sequence);
    }

    [Fact]
    public void A_file_has_one_writer()
    {
        Make(file: true);
        Assert.ThrowsAny<IOException>(() => new FileMemoryStore(Path));
    }

    [Fact]
    public async Task A_file_cut_at_any_byte_opens_as_it_once_was_or_not_at_all()
    {
        var states = new List<string[]>();
        using (var store = new FileMemoryStore(Path))
        {
            await RememberStateAsync(store);
            foreach (var step in new Func<Task>[]
            {
                async () => await store.AddAsync(Given("a", "tea"), Ct),
                async () => await store.AddAsync(Given("b", "cöffee"), Ct),
                async () => await store.UpdateAsync([Given("a", "green tea")], Ct),
                async () => await store.DeleteAsync("ann", ["b"], Ct),
                async () => await store.AddAsync(Given("c", "water"), Ct),
            })
            {
                await step();
                await RememberStateAsync(store);
            }
        }

        var whole = await File.ReadAllBytesAsync(Path, Ct);
        var header = Array.IndexOf(whole, (byte)'\n');
        var reached = new HashSet<int>();
        for (var length = 0; length < whole.Length; length++)
        {
            await File.WriteAllBytesAsync(Path, whole[..length], Ct);
            if (length <= header)
            {
                Assert.Throws<DamagedMemoryException>(() => new FileMemoryStore(Path));
                continue;
            }

            string[] read;
            using (var store = new FileMemoryStore(Path))
            {
                read = await StateAsync(store);
                var state = states.FindIndex(state => state.SequenceEqual(read));
                Assert.True(state >= 0, $"cut at {length}");
                reached.Add(state);
                await store.AddAsync(Given("z", "after"), Ct);
            }

            using (var store = new FileMemoryStore(Path))
            {
                var after = await StateAsync(store);
                Assert.Equal([.. read, "z=after"], after);
            }
        }

        Assert.Equal(5, reached.Count);

        async Task RememberStateAsync(FileMemoryStore store) => states.Add(await StateAsync(store));
    }

    [Fact]
    public async Task A_flipped_byte_is_an_error_that_names_the_line_and_leaves_the_file_alone()
    {
        using (var store = new FileMemoryStore(Path))
        {
            await store.AddAsync(Given("a", "tea"), Ct);
            await store.AddAsync(Given("b", "coffee"), Ct);
        }

        var whole = await File.ReadAllBytesAsync(Path, Ct);
        var last = Array.LastIndexOf(whole, (byte)'\n', whole.Length - 2);
        for (var i = 0; i < last; i++)
        {
            var flipped = whole.ToArray();
            flipped[i] ^= 0x04;
            await File.WriteAllBytesAsync(Path, flipped, Ct);
            var error = Assert.Throws<DamagedMemoryException>(() => new FileMemoryStore(Path));
            Assert.Contains("line ", error.Message, StringComparison.Ordinal);
            Assert.Equal(flipped, await File.ReadAllBytesAsync(Path, Ct));
        }
    }

    [Fact]
    public async Task Nothing_of_a_subject_is_left_in_the_file()
    {
        using (var store = new FileMemoryStore(Path))
        {
            await store.AddAsync(Given("a", "the secret of bob", "bob"), Ct);
            await store.DeleteAsync("bob", ["a"], Ct);
            await store.AddAsync(Given("b", "tea"), Ct);
            Assert.Contains("secret", await File.ReadAllTextAsync(Path, Ct), StringComparison.Ordinal);
            await store.DeleteSubjectAsync("bob", Ct);
        }

        var text = await File.ReadAllTextAsync(Path, Ct);
        Assert.DoesNotContain("bob", text, StringComparison.Ordinal);
        Assert.Contains("tea", text, StringComparison.Ordinal);
        Assert.Equal(["memories.jsonl", "memories.jsonl.lock"], Directory.GetFiles(_folder).Select(System.IO.Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Lines_that_no_longer_count_do_not_pile_up()
    {
        using var store = new FileMemoryStore(Path, new() { FlushesToDisk = false });
        await store.AddAsync(Given("a", "tea"), Ct);
        for (var i = 0; i < 2500; i++)
        {
            await store.UpdateAsync([Given("a", $"tea {i}")], Ct);
        }

        Assert.InRange(File.ReadLines(Path).Count(), 1, 1100);
        Assert.Equal("tea 2499", Assert.Single((await store.ListAsync(new("ann"), Ct)).Memories).Text);
    }

    [Fact]
    public async Task Encrypted_memories_are_read_with_their_keys_alone()
    {
        using var keys = new PayloadEncryption("k1", new Dictionary<string, byte[]> { ["k1"] = [.. Enumerable.Repeat((byte)7, 32)] });
        using (var store = new FileMemoryStore(Path, new() { Encryption = keys }))
        {
            await store.AddAsync(Given("a", "the secret"), Ct);
            await store.AddAsync(Given("b", "another"), Ct);
        }

        Assert.DoesNotContain("secret", Encoding.UTF8.GetString(await File.ReadAllBytesAsync(Path, Ct)), StringComparison.Ordinal);
        Assert.Contains("Encryption", Assert.Throws<DamagedMemoryException>(() => new FileMemoryStore(Path)).Message, StringComparison.Ordinal);
        using (var store = new FileMemoryStore(Path, new() { Encryption = keys }))
        {
            var read = await StateAsync(store);
            Assert.Equal(["a=the secret", "b=another"], read);
        }

        // A line opens at its own place alone.
        var lines = await File.ReadAllLinesAsync(Path, Ct);
        await File.WriteAllTextAsync(Path, $"{lines[0]}\n{lines[2]}\n{lines[1]}\n", Ct);
        Assert.Throws<DamagedMemoryException>(() => new FileMemoryStore(Path, new() { Encryption = keys }));
    }

    private static MemoryRecord Given(string id, string text, string subject = "ann", MemoryKind kind = MemoryKind.Episodic) =>
        new() { Subject = subject, Id = id, Text = text, Kind = kind, CreatedAt = DateTimeOffset.UnixEpoch, UpdatedAt = DateTimeOffset.UnixEpoch };

    private static async Task<string[]> StateAsync(FileMemoryStore store) => [.. (await store.ListAsync(new("ann"), Ct)).Memories.Select(static memory => $"{memory.Id}={memory.Text}")];

    private IMemoryStore Make(bool file)
    {
        if (!file)
        {
            return new InMemoryMemoryStore();
        }

        var store = new FileMemoryStore(Path);
        _open.Add(store);
        return store;
    }
}
