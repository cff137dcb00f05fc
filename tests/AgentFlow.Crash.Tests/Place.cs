using AgentFlow.Tests;

namespace AgentFlow.Crash.Tests;

/// <summary>Where a run and its heirs live: a folder, and a schema of the same name if the store is a server.</summary>
internal sealed class Place : IAsyncDisposable
{
    private readonly Database? _database;

    private Place(Database? database)
    {
        _database = database;
        Folder = database is null
            ? Directory.CreateTempSubdirectory("agentflow-crash-").FullName
            : Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), database.Schema)).FullName;
    }

    public string Folder { get; }

    /// <summary>Skips the test if the store is a server, and there is none.</summary>
    public static Place Make(string store) => new(store == "postgres" ? Database.Open() : null);

    public async ValueTask DisposeAsync()
    {
        Directory.Delete(Folder, recursive: true);
        if (_database is not null)
        {
            await _database.DisposeAsync();
        }
    }
}
