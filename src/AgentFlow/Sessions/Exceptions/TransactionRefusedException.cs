namespace AgentFlow;

/// <summary>
/// The database refuses to commit what an action with <see cref="Effect.Transactional"/> has written: a deferred constraint does not hold, or a statement
/// of the action failed and the action went on. Nothing was written, and the action has failed.
/// </summary>
public sealed class TransactionRefusedException : SessionException
{
    /// <summary>Creates the exception. A store throws it when it knows that nothing was committed, and never when it has lost the connection meanwhile.</summary>
    /// <param name="session">The session's id.</param>
    /// <param name="innerException">What the database said.</param>
    public TransactionRefusedException(string session, Exception innerException)
        : base(session, $"What an action of session '{session}' has written was refused: {innerException?.Message}", innerException)
    {
    }
}
