namespace AgentFlow;

/// <summary>How a PostgreSQL store of memories is opened.</summary>
public sealed record PostgreSqlMemoryStoreOptions
{
    /// <summary>The schema that has the store's tables, which may be that of a session store: lower-case letters of ASCII, digits and <c>_</c>, at most 63, beginning with a letter. Default: <c>agentflow</c>.</summary>
    public string Schema { get; init; } = "agentflow";

    /// <summary>Whether the schema is created and brought up to date before the store is first used; see <see cref="PostgreSqlSessionStoreOptions.Migrate"/>. Default: true.</summary>
    public bool Migrate { get; init; } = true;

    /// <summary>
    /// The keys that memories are encrypted with; those in clear are still read, and encrypted when they are next updated. Subjects, ids, sessions, kinds and times
    /// stay in clear: they are looked for. Default: none.
    /// </summary>
    public PayloadEncryption? Encryption { get; init; }
}
