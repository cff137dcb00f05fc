namespace AgentFlow.Stores.Tests.Memories;

/// <summary>Every store of memories does what a store of memories has to.</summary>
public sealed class MemoryConformanceTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("agentflow-");

    public static TheoryData<string> Checks => [.. MemoryStoreConformance.Names];

    public void Dispose() => _directory.Delete(recursive: true);

    [Theory, MemberData(nameof(Checks))]
    public Task In_memory(string check) => MemoryStoreConformance.RunAsync(check, new Harness(static () => new InMemoryMemoryStore(), keeps: false));

    [Theory, MemberData(nameof(Checks))]
    public Task In_a_file(string check) => MemoryStoreConformance.RunAsync(check, new Harness(() => new FileMemoryStore(Path.Combine(_directory.FullName, "memories.jsonl"))));

    [Theory, MemberData(nameof(Checks))]
    public Task In_SQLite(string check) => MemoryStoreConformance.RunAsync(check, new Harness(() => new SqliteMemoryStore(Path.Combine(_directory.FullName, "memories.db"))));

    [Theory, MemberData(nameof(Checks))]
    public async Task In_SQLite_encrypted(string check)
    {
        using var keys = Given.Keys();
        await MemoryStoreConformance.RunAsync(check, new Harness(() => new SqliteMemoryStore(Path.Combine(_directory.FullName, "memories.db"), new() { Encryption = keys })));
    }

    internal sealed class Harness(Func<IMemoryStore> open, bool keeps = true) : MemoryStoreHarness
    {
        public override ValueTask<IMemoryStore> CreateAsync() => new(open());

        public override ValueTask<IMemoryStore?> ReopenAsync() => new(keeps ? open() : null);
    }
}

/// <summary>The same, on a server.</summary>
[Collection(Database.Tests)]
public sealed class PostgreSqlMemoryConformanceTests
{
    public static TheoryData<string> Checks => [.. MemoryStoreConformance.Names];

    [Theory, MemberData(nameof(Checks))]
    public async Task In_PostgreSQL(string check)
    {
        await using var database = Database.Open();
        await MemoryStoreConformance.RunAsync(check, new MemoryConformanceTests.Harness(() => new PostgreSqlMemoryStore(database.ConnectionString, new() { Schema = database.Schema })));
    }
}
