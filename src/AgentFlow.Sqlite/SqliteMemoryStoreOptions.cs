namespace AgentFlow;

/// <summary>How a SQLite store of memories is opened.</summary>
public sealed record SqliteMemoryStoreOptions
{
    /// <summary>
    /// The keys that memories are encrypted with; those in clear are still read, and encrypted when they are next updated. Subjects, ids, sessions, kinds and times
    /// stay in clear: they are looked for. Default: none.
    /// </summary>
    public PayloadEncryption? Encryption { get; init; }
}
