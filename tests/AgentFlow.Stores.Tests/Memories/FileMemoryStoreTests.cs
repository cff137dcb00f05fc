using System.Text;

namespace AgentFlow.Stores.Tests.Memories;

/// <summary>What is the file's own.</summary>
public sealed class FileMemoryStoreTests : IDisposable
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

    [Fact]
    public async Task Everything_is_there_after_reopening_embeddings_included()
    {
        var memory = Memory("a", "tea \"ä\n\u2028") with { Embedding = new[] { 0.25f, -1, float.Epsilon }, EmbeddingModel = "m", Sources = ["x", "y"], Topic = "drink", Session = "s", Importance = 0, Recalls = 3, RecalledAt = DateTimeOffset.UnixEpoch };
        using (var store = new FileMemoryStore(Path))
        {
            await store.AddAsync(Memory("first", "gone"), Ct);
            await store.AddAsync(memory, Ct);
            await store.AddAsync(Memory("last", "gone as well"), Ct);
            await store.DeleteAsync("ann", ["first", "last"], Ct);
            store.Compact();
        }

        var reopened = Open();
        var read = Assert.Single((await reopened.ListAsync(new("ann"), Ct)).Memories);
        Assert.Equal(memory.Embedding.ToArray(), read.Embedding.ToArray());
        Assert.Equal(memory.Sources, read.Sources);
        Assert.Equal(memory with { Sequence = 2, Embedding = read.Embedding, Sources = read.Sources }, read);
        Assert.Equal(4, (await reopened.AddAsync(Memory("b", "new"), Ct)).Sequence);
    }

    [Fact]
    public void A_file_has_one_writer()
    {
        Open();
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
                async () => await store.AddAsync(Memory("a", "tea"), Ct),
                async () => await store.AddAsync(Memory("b", "cöffee"), Ct),
                async () => await store.UpdateAsync([Memory("a", "green tea")], Ct),
                async () => await store.DeleteAsync("ann", ["b"], Ct),
                async () => await store.AddAsync(Memory("c", "water"), Ct),
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
                await store.AddAsync(Memory("z", "after"), Ct);
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
            await store.AddAsync(Memory("a", "tea"), Ct);
            await store.AddAsync(Memory("b", "coffee"), Ct);
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
            await store.AddAsync(Memory("a", "the secret of bob", "bob"), Ct);
            await store.DeleteAsync("bob", ["a"], Ct);
            await store.AddAsync(Memory("b", "tea"), Ct);
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
        await store.AddAsync(Memory("a", "tea"), Ct);
        for (var i = 0; i < 2500; i++)
        {
            await store.UpdateAsync([Memory("a", $"tea {i}")], Ct);
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
            await store.AddAsync(Memory("a", "the secret"), Ct);
            await store.AddAsync(Memory("b", "another"), Ct);
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

    private static MemoryRecord Memory(string id, string text, string subject = "ann", MemoryKind kind = MemoryKind.Episodic) =>
        new() { Subject = subject, Id = id, Text = text, Kind = kind, CreatedAt = DateTimeOffset.UnixEpoch, UpdatedAt = DateTimeOffset.UnixEpoch };

    private static async Task<string[]> StateAsync(FileMemoryStore store) => [.. (await store.ListAsync(new("ann"), Ct)).Memories.Select(static memory => $"{memory.Id}={memory.Text}")];

    private FileMemoryStore Open()
    {
        var store = new FileMemoryStore(Path);
        _open.Add(store);
        return store;
    }
}
