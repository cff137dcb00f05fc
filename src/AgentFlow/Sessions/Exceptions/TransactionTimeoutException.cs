namespace AgentFlow;

/// <summary>
/// An attempt of an action with <see cref="Effect.Transactional"/> held the store's transaction for longer than <see cref="AgentRuntimeOptions.TransactionTimeout"/>.
/// What it wrote was rolled back.
/// </summary>
public sealed class TransactionTimeoutException : TimeoutException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="action">The id of the action.</param>
    /// <param name="timeout">The time allowed.</param>
    /// <param name="innerException">What the attempt ended with, if it failed.</param>
    public TransactionTimeoutException(string action, TimeSpan timeout, Exception? innerException = null)
        : base($"The transaction of action '{action}' was not over within {timeout:c}, and was rolled back. Keep what is slow out of the action, or raise AgentRuntimeOptions.TransactionTimeout.", innerException) =>
        Action = action;

    /// <summary>The id of the action.</summary>
    public string Action { get; }
}
