namespace AgentFlow;

/// <summary>Which sessions to list. What is not given does not restrict.</summary>
public sealed record SessionQuery
{
    /// <summary>The agent's id.</summary>
    public string? Agent { get; init; }

    /// <summary>The states. Empty: every state but <see cref="SessionState.Archived"/>.</summary>
    public IReadOnlyList<SessionState> States { get; init; } = [];

    /// <summary>The parent session's id.</summary>
    public string? Parent { get; init; }

    /// <summary>Only sessions last written to before this time, on the store's clock.</summary>
    public DateTimeOffset? UpdatedBefore { get; init; }

    /// <summary>Only sessions whose id comes after this one in ordinal order: the last of the page before.</summary>
    public string? After { get; init; }

    /// <summary>At most so many. Default: 100.</summary>
    public int Limit { get; init; } = 100;

    internal bool Includes(SessionInfo session) =>
        (Agent is null || session.Agent == Agent)
        && (States.Count == 0 ? session.State != SessionState.Archived : States.Contains(session.State))
        && (Parent is null || session.Parent == Parent)
        && (UpdatedBefore is null || session.UpdatedAt < UpdatedBefore);
}
