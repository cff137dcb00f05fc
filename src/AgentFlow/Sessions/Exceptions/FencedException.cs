namespace AgentFlow;

/// <summary>A worker has tried to write to a session that it no longer owns, or to record again what is recorded. Nothing was written; the worker drops the session.</summary>
public sealed class FencedException : SessionException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="session">The session's id.</param>
    public FencedException(string session)
        : base(session, $"Session '{session}' was written to by another owner in the meantime, or the outcome is recorded already. Nothing was written.")
    {
    }
}
