namespace AgentFlow;

/// <summary>The outcome of a run: its result or its error, and its failures, including those the run tolerated.</summary>
/// <typeparam name="TResult">The agent's result, or <see cref="Unit"/>.</typeparam>
public sealed record RunReport<TResult>
{
    /// <summary>Whether the run produced its result.</summary>
    public required bool Succeeded { get; init; }

    /// <summary>The result; the default value if there is none.</summary>
    public TResult? Result { get; init; }

    /// <summary>The exception the run failed with; <see langword="null"/> if it succeeded.</summary>
    public Exception? Error { get; init; }

    /// <summary>
    /// The failures of the last iteration in the order they occurred, at most 1,000: of actions, including those with
    /// <see cref="OptionalAttribute"/>,
    /// and of elements that <see cref="ForEachAttribute.AllowPartialFailure"/> left out (with <see cref="ActionFailedException.Item"/>).
    /// Failures of
    /// fire-and-forget actions are not included, because the run does not wait for them.
    /// </summary>
    public required IReadOnlyList<ActionFailedException> Failures { get; init; }
}
