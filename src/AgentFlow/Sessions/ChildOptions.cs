namespace AgentFlow;

/// <summary>How an action runs another agent as its child.</summary>
public sealed record ChildOptions
{
    /// <summary>
    /// What the child is known by within the action (and its element). When the action runs again, after a crash or as another attempt, the child with the same key is found again. Default:
    /// none, it is known by its place among the action's calls, in their order; give keys where several calls are made at the same time, whose order may differ the next time.
    /// </summary>
    public string? Key { get; init; }

    /// <summary>
    /// Whether the action waits while the child is uncertain, until a person has settled it with <see cref="AgentRuntime.SettleAsync{TSelf, TInput, TResult}(IDurableAgent{TSelf, TInput, TResult}, string, string, Settlement, CancellationToken)"/>.
    /// Otherwise it gets the <see cref="UncertainSessionException"/>. Default: it waits.
    /// </summary>
    public bool WaitsForSettlement { get; init; } = true;
}
