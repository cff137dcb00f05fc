namespace AgentFlow;

/// <summary>There is no session with this id.</summary>
public sealed class SessionNotFoundException : SessionException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="session">The session's id.</param>
    public SessionNotFoundException(string session)
        : base(session, $"There is no session '{session}'. Check the id and the store; a deleted session cannot be brought back.")
    {
    }
}
