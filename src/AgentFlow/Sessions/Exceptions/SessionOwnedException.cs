namespace AgentFlow;

/// <summary>Another worker owns the session at present.</summary>
public sealed class SessionOwnedException : SessionException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="session">The session's id.</param>
    public SessionOwnedException(string session)
        : base(session, $"Session '{session}' is owned by another worker. It can be claimed when that one gives it up or its lease has ended.")
    {
    }
}
