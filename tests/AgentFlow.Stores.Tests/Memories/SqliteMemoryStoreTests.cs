using Microsoft.Data.Sqlite;

namespace AgentFlow.Stores.Tests.Memories;

public sealed class SqliteMemoryStoreTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("agentflow-");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Path => System.IO.Path.Combine(_directory.FullName, "memories.db");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task Two_stores_share_a_file()
    {
        using var one = new SqliteMemoryStore(Path);
        using var other = new SqliteMemoryStore(Path);
        await Parallel.ForAsync(0, 60, Ct, async (i, ct) => await (i % 2 == 0 ? one : other).AddAsync(Memory($"m{i / 2}", $"by {i}"), ct));
        var listed = (await one.ListAsync(new("ann"), Ct)).Memories;
        Assert.Equal(30, listed.Select(static m => m.Sequence).Distinct().Count());
        Assert.Equal(listed.Select(static m => m.Text), (await other.ListAsync(new("ann"), Ct)).Memories.Select(static m => m.Text));
    }

    [Fact]
    public async Task Nothing_of_a_subject_is_left_in_the_files()
    {
        using var store = new SqliteMemoryStore(Path);
        await store.AddAsync(Memory("a", "the secret of bob") with { Subject = "bob" }, Ct);
        await store.AddAsync(Memory("b", "tea"), Ct);
        Assert.True(Has("the secret of bob"));
        await store.DeleteSubjectAsync("bob", Ct);
        Assert.False(Has("the secret of bob"));
        Assert.True(Has("tea"));
    }

    [Fact]
    public async Task Encrypted_memories_open_with_their_keys_alone_and_at_their_place()
    {
        using var keys = Given.Keys();
        using (var store = new SqliteMemoryStore(Path, new() { Encryption = keys }))
        {
            await store.AddAsync(Memory("a", "the secret"), Ct);
            await store.AddAsync(Memory("b", "another"), Ct);
        }

        Assert.False(Has("the secret"));
        using (var store = new SqliteMemoryStore(Path))
        {
            var error = await Assert.ThrowsAsync<DamagedMemoryException>(() => store.ListAsync(new("ann"), Ct).AsTask());
            Assert.Contains("Encryption", error.Message, StringComparison.Ordinal);
        }

        Execute("UPDATE agentflow_memories SET payload = (SELECT payload FROM agentflow_memories WHERE id = 'a') WHERE id = 'b'");
        using (var store = new SqliteMemoryStore(Path, new() { Encryption = keys }))
        {
            var error = await Assert.ThrowsAsync<DamagedMemoryException>(() => store.ListAsync(new("ann"), Ct).AsTask());
            Assert.Contains("memory 2", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_changed_byte_is_told()
    {
        using (var store = new SqliteMemoryStore(Path))
        {
            await store.AddAsync(Memory("a", "tea"), Ct);
        }

        Execute("UPDATE agentflow_memories SET payload = CAST(replace(payload, 'tea', 'sea') AS BLOB)");
        using var changed = new SqliteMemoryStore(Path);
        await Assert.ThrowsAsync<DamagedMemoryException>(() => changed.ListAsync(new("ann"), Ct).AsTask());
    }

    [Fact]
    public void What_is_no_store_of_memories_is_refused()
    {
        File.WriteAllText(Path, "this is no database, and is long enough to be seen to be none, whatever is read of it");
        Assert.Throws<DamagedMemoryException>(() => new SqliteMemoryStore(Path));
        File.Delete(Path);
        Execute("CREATE TABLE something(x)");
        Assert.Contains("a file of their own", Assert.Throws<NotSupportedException>(() => new SqliteMemoryStore(Path)).Message, StringComparison.Ordinal);
        Execute("DROP TABLE something");
        new SqliteMemoryStore(Path).Dispose();
        Execute("PRAGMA user_version = 7");
        Assert.Contains("version 7", Assert.Throws<NotSupportedException>(() => new SqliteMemoryStore(Path)).Message, StringComparison.Ordinal);
    }

    private static MemoryRecord Memory(string id, string text) => new() { Subject = "ann", Id = id, Text = text };

    private bool Has(string text) => Directory.GetFiles(_directory.FullName, "memories.db*").Any(file =>
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var content = new MemoryStream();
        stream.CopyTo(content);
        return content.ToArray().AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(text)) >= 0;
    });

    private void Execute(string sql)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path, Pooling = false }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
