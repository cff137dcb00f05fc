namespace AgentFlow;

/// <summary>An action that must happen at most once was under way when its worker died. Nobody but a person can say whether it happened.</summary>
public sealed class UncertainSessionException : SessionException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="session">The session's id.</param>
    /// <param name="actions">The actions in doubt.</param>
    public UncertainSessionException(string session, IReadOnlyList<string> actions)
        : base(session, $"Session '{session}' is uncertain: {string.Join(", ", actions ?? [])} may or may not have happened. Find out, then settle it with AgentRuntime.SettleAsync.") =>
        Actions = actions ?? [];

    /// <summary>The actions in doubt.</summary>
    public IReadOnlyList<string> Actions { get; }
}
