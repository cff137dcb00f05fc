namespace AgentFlow;

/// <summary>What a memory is of (Tulving 1972, <i>Episodic and semantic memory</i>).</summary>
public enum MemoryKind
{
    /// <summary>Something that happened, at a time, in a session.</summary>
    Episodic,

    /// <summary>Something that is so, whenever it was learnt.</summary>
    Semantic,
}
