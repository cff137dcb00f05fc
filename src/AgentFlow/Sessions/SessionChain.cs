namespace AgentFlow;

/// <summary>
/// The end of a session's history, as <see cref="AgentRuntime.VerifyAsync"/> has found it. Kept where whoever writes to the store cannot write, it shows
/// later that nothing of what was there then is missing.
/// </summary>
public sealed record SessionChain
{
    /// <summary>The session's id.</summary>
    public required string Session { get; init; }

    /// <summary>The number of the last record.</summary>
    public required long Sequence { get; init; }

    /// <summary>What stands for that record and for all before it: SHA-256 in hexadecimal.</summary>
    public required string Head { get; init; }

    /// <summary>How many of the first records are of an earlier release, and are in no chain.</summary>
    public long Unchained { get; init; }

    /// <summary>Whether keys were at hand, so that it is certain that those who have them have written all of it.</summary>
    public bool IsAuthenticated { get; init; }
}
