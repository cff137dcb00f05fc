namespace AgentFlow.Benchmarks.Sessions;

/// <summary>A store in a folder of its own, which can be closed and opened again.</summary>
internal sealed class BenchmarkStore(string kind) : IAsyncDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("agentflow-");
    private readonly MemorySessionStore _memory = new();

    /// <summary>Opens it. What is in the memory store stays there.</summary>
    public ISessionStore Open() => kind switch
    {
        "file" => new FileSessionStore(Path.Combine(_directory.FullName, "sessions")),
        "SQLite" => new SqliteSessionStore(Path.Combine(_directory.FullName, "agents.db")),
        _ => _memory,
    };

    public async ValueTask DisposeAsync()
    {
        await _memory.DisposeAsync().ConfigureAwait(false);
        _directory.Delete(recursive: true);
    }
}
