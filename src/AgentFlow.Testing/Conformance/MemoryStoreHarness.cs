namespace AgentFlow.Testing;

/// <summary>How the conformance suite gets at a store of memories.</summary>
public abstract class MemoryStoreHarness
{
    /// <summary>Opens a new, empty store. The suite disposes of it if it can be disposed of.</summary>
    /// <returns>The store.</returns>
    public abstract ValueTask<IMemoryStore> CreateAsync();

    /// <summary>Opens a store again. The suite has disposed of the first one.</summary>
    /// <returns>The store that finds what the first one has written; null if it keeps nothing beyond its process.</returns>
    public abstract ValueTask<IMemoryStore?> ReopenAsync();
}
