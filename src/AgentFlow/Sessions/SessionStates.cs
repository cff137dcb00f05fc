namespace AgentFlow;

/// <summary>Which states a session can go from and to.</summary>
public static class SessionStates
{
    /// <summary>Whether the session has ended: it does not go on by itself, and takes no signals.</summary>
    /// <param name="state">The state.</param>
    /// <returns>Whether it is one of Completed, Failed, Cancelled and Archived.</returns>
    public static bool IsEnded(this SessionState state) => state is SessionState.Completed or SessionState.Failed or SessionState.Cancelled or SessionState.Archived;

    /// <summary>Whether a transition is legal. Keeping a state always is.</summary>
    /// <param name="from">The state before.</param>
    /// <param name="to">The state after.</param>
    /// <returns>Whether it is legal.</returns>
    public static bool CanBecome(this SessionState from, SessionState to) => from == to || from switch
    {
        SessionState.Created => to is not SessionState.Archived,
        SessionState.Running or SessionState.Suspended or SessionState.Paused => to is not (SessionState.Created or SessionState.Archived),
        SessionState.Completed => to is SessionState.Archived,
        SessionState.Failed or SessionState.Cancelled => to is SessionState.Running or SessionState.Archived,
        SessionState.Uncertain => to is SessionState.Running or SessionState.Failed or SessionState.Cancelled,
        _ => false,
    };
}
