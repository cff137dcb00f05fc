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

    private DamagedSessionException(string session, Exception? innerException, string message)
        : base(session, message, innerException)
    {
    }

    /// <summary>What stands where the session's file has to be cannot be used, whatever it holds.</summary>
    /// <param name="session">The session's id.</param>
    /// <param name="path">The file.</param>
    /// <param name="what">What is wrong with it.</param>
    /// <param name="innerException">What was found first.</param>
    internal static DamagedSessionException Unusable(string session, string path, string what, Exception? innerException = null) => new(
        session,
        innerException,
        $"Session '{session}' cannot be used: '{path}' {what.TrimEnd('.')}. Put a file there that this process may read and write, or take away what is there, and open the store again.");
}
