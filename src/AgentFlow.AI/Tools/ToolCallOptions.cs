namespace AgentFlow.AI;

/// <summary>What surrounds one call of a tool.</summary>
public sealed class ToolCallOptions
{
    /// <summary>No services, no action.</summary>
    public static ToolCallOptions Default { get; } = new();

    /// <summary>Where the tool's services come from. Default: none.</summary>
    public IServiceProvider? Services { get; init; }

    /// <summary>
    /// Whether the call opens a scope of its own out of <see cref="Services"/>, disposed once the tool has ended: for callers whose
    /// provider outlives their calls, such as a server's. A
    /// provider that makes no scopes is used as it is. Default: <see langword="false"/>; the services are those of the caller, such as the
    /// run's of an action.
    /// </summary>
    public bool ScopePerCall { get; init; }

    /// <summary>The context of the action that makes the call, for tools that take one. Default: none.</summary>
    public ActionContext? ActionContext { get; init; }

    /// <summary>What was decided about the call, for a tool that needs an approval. Default: none, so that such a tool is not called.</summary>
    public ToolApproval? Approval { get; init; }

    /// <summary>Whether a session records that the call was begun, so that it is made once by the session's own rules, in whatever process.</summary>
    internal bool IsRecorded { get; init; }

    /// <summary>How agents run that are called as tools. Default: as part of the call, and not observed.</summary>
    public AgentToolRunner? AgentRunner { get; init; }
}
