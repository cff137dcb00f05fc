namespace AgentFlow;

/// <summary>Something is wrong with a session, not with the actions of its agent.</summary>
public abstract class SessionException : Exception
{
    private protected SessionException(string session, string message, Exception? innerException = null)
        : base(message, innerException) => Session = session;

    /// <summary>The session's id.</summary>
    public string Session { get; }
}
