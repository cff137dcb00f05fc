namespace AgentFlow;

/// <summary>What a store holds of a session is not what was written: torn, truncated, or changed. Other sessions are not affected.</summary>
public sealed class DamagedSessionException : SessionException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="session">The session's id.</param>
    /// <param name="what">What is damaged, and how that shows.</param>
    /// <param name="innerException">What was found first.</param>
    public DamagedSessionException(string session, string what, Exception? innerException = null)
        : base(session, $"Session '{session}' is damaged: {what}. Restore it from a backup, or fork it from a place before the damage.", innerException)
    {
    }
}
