namespace AgentFlow.Crash;

/// <summary>The durable stores by name.</summary>
public static class Stores
{
    public static ISessionStore Open(string name, string folder) => name switch
    {
        "file" => new FileSessionStore(Path.Combine(folder, "sessions")),
        "sqlite" => new SqliteSessionStore(Path.Combine(folder, "sessions.db")),
        _ => throw new ArgumentException($"There is no store '{name}'.", nameof(name)),
    };
}
