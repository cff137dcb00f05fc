namespace AgentFlow;

/// <summary>
/// An input, output or signal holds something that would not come back as it is: a collection with a comparer of its own, text with half of a
/// character, or JSON that cannot be written.
/// </summary>
public sealed class UnrecordableValueException : SessionException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="session">The session's id.</param>
    /// <param name="what">What holds it.</param>
    /// <param name="reason">What it is, and where.</param>
    /// <param name="innerException">What was thrown.</param>
    public UnrecordableValueException(string session, string what, string reason, Exception? innerException = null)
        : base(session, $"{what} of session '{session}' cannot be recorded. {reason}", innerException) => What = what;

    /// <summary>What holds it.</summary>
    public string What { get; }
}
