namespace AgentFlow;

/// <summary>A signal was refused that no action of the session's agent could take. The session was not changed.</summary>
public sealed class InvalidSignalException : SessionException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="session">The session's id.</param>
    /// <param name="signal">The signal's name.</param>
    /// <param name="reason">Why it is refused. It quotes no value that is marked as sensitive.</param>
    /// <param name="innerException">What was found first.</param>
    public InvalidSignalException(string session, string signal, string reason, Exception? innerException = null)
        : base(session, $"Signal '{signal}' of session '{session}' is refused: {reason}.", innerException) => Signal = signal;

    /// <summary>The signal's name.</summary>
    public string Signal { get; }
}
