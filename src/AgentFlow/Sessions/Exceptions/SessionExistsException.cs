namespace AgentFlow;

/// <summary>A session with this id exists already.</summary>
public sealed class SessionExistsException : SessionException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="session">The session's id.</param>
    public SessionExistsException(string session)
        : base(session, $"Session '{session}' exists already. Resume it, or choose another id.")
    {
    }
}
