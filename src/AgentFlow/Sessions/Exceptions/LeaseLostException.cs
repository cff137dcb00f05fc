namespace AgentFlow;

/// <summary>A worker could not prolong its claim on a session in time, and has given it up before another could take it.</summary>
public sealed class LeaseLostException : SessionException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="session">The session's id.</param>
    /// <param name="innerException">What kept it from prolonging, if that is known.</param>
    public LeaseLostException(string session, Exception? innerException = null)
        : base(session, $"The claim on session '{session}' could not be prolonged in time. What was under way was cancelled; a worker that reaches the store goes on with it.", innerException)
    {
    }
}
