namespace AgentFlow;

/// <summary>A session was to be started, and one with its id is there that was started with something else.</summary>
public sealed class DifferentSessionException : SessionException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="session">The session's id.</param>
    /// <param name="differences">What differs.</param>
    public DifferentSessionException(string session, IReadOnlyList<string> differences)
        : base(session, $"Session '{session}' was started with something else: {string.Join(", ", differences)}. Give the new one another id, or set SessionOptions.{nameof(SessionOptions.AllowDifferentInput)} to go on with the one that is there.") =>
        Differences = differences;

    /// <summary>What differs: <c>input 'amount'</c>, <c>mode</c>, <c>trigger</c>, <c>parent</c>. The values are not told.</summary>
    public IReadOnlyList<string> Differences { get; }
}
