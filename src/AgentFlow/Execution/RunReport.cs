namespace AgentFlow;

/// <summary>What a run has come to, its failures included: those that it has gone on without are told nowhere else but in its events.</summary>
/// <typeparam name="TResult">The agent's result, or <see cref="Unit"/>.</typeparam>
public sealed record RunReport<TResult>
{
    /// <summary>Whether the result was made.</summary>
    public required bool Succeeded { get; init; }

    /// <summary>The result; the default if it was not made.</summary>
    public TResult? Result { get; init; }

    /// <summary>What the run failed with; <see langword="null"/> if the result was made.</summary>
    public Exception? Error { get; init; }

    /// <summary>
    /// What has failed in the last iteration, the first first, and not more than 1,000: actions, those with <see cref="OptionalAttribute"/> among them, and elements that
    /// <see cref="ForEachAttribute.AllowPartialFailure"/> has left out (with <see cref="ActionFailedException.Item"/>). Fire-and-forget actions are not: the run does not wait for them.
    /// </summary>
    public required IReadOnlyList<ActionFailedException> Failures { get; init; }
}
