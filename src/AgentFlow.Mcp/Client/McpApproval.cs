namespace AgentFlow.Mcp;

/// <summary>Which tools of a server are called only with an approval.</summary>
public enum McpApproval
{
    /// <summary>
    /// Those that may destroy something: all but those that the server says are read-only, or not destructive. What a server says is not proof; for one that is not
    /// trusted take <see cref="Always"/>.
    /// </summary>
    Destructive,

    /// <summary>All.</summary>
    Always,

    /// <summary>None.</summary>
    Never,
}
