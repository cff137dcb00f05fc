namespace AgentFlow;

/// <summary>A session cannot go from the state it is in to the one asked for. Nothing was changed.</summary>
public sealed class InvalidSessionTransitionException : SessionException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="session">The session's id.</param>
    /// <param name="from">The state it is in.</param>
    /// <param name="operation">What was asked for, as a verb: "pause", "signal".</param>
    public InvalidSessionTransitionException(string session, SessionState from, string operation)
        : base(session, $"Cannot {operation} session '{session}': it is {from}.")
    {
        From = from;
        Operation = operation;
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="session">The session's id.</param>
    /// <param name="from">The state it is in.</param>
    /// <param name="operation">What was asked for, as a verb: "pause", "signal".</param>
    /// <param name="reason">Why that state is not the only reason, as a clause: "a payment has happened".</param>
    public InvalidSessionTransitionException(string session, SessionState from, string operation, string reason)
        : base(session, $"Cannot {operation} session '{session}': it is {from}, and {reason}.")
    {
        From = from;
        Operation = operation;
    }

    /// <summary>The state it is in.</summary>
    public SessionState From { get; }

    /// <summary>What was asked for.</summary>
    public string Operation { get; }
}
