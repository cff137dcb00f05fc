namespace AgentFlow;

/// <summary>The agent has changed so that a recorded session cannot go on with it. Nothing was changed.</summary>
public sealed class IncompatibleSessionException : SessionException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="session">The session's id.</param>
    /// <param name="difference">What differs, by name.</param>
    /// <param name="innerException">What was found first.</param>
    public IncompatibleSessionException(string session, string difference, Exception? innerException = null)
        : base(session, $"Session '{session}' was recorded by another shape of its agent: {difference}. Add an [Upcast] method, or finish the session with the version that began it.", innerException) =>
        Difference = difference;

    /// <summary>What differs, by name.</summary>
    public string Difference { get; }
}
