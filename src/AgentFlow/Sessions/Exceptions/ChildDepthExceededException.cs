namespace AgentFlow;

/// <summary>Agents run each other as children, one inside the other, deeper than <see cref="RunOptions.MaxChildDepth"/>.</summary>
public sealed class ChildDepthExceededException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="action">The id of the action that asks for one child more.</param>
    /// <param name="limit">How deep they may be.</param>
    public ChildDepthExceededException(string action, int limit)
        : base($"Action '{action}' runs a child, and there are {limit} runs above it already, as many as RunOptions.MaxChildDepth allows. An agent that runs itself needs an end.") => Limit = limit;

    /// <summary>How deep they may be.</summary>
    public int Limit { get; }
}
