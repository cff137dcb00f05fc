namespace AgentFlow;

/// <summary>How a session left its worker.</summary>
/// <param name="State">The state it is in.</param>
/// <param name="Result">Its result, if it completed with one.</param>
/// <param name="Error">What it failed with, or why its worker lost it.</param>
internal sealed record SessionRest(SessionState State, object? Result, Exception? Error)
{
    /// <summary>What it has spent, if it has ended.</summary>
    public RunUsage Usage { get; init; }

    public AgentEvent? ToEvent(AgentGraph graph, DateTimeOffset time) => State switch
    {
        SessionState.Completed when graph.Actions.Any(static a => a is { IsResult: true, IsSensitive: true }) => new AgentEvent { Kind = AgentEventKind.AgentCompleted, Agent = graph.Name, IsSensitive = true, Timestamp = time },
        SessionState.Completed => new AgentEvent { Kind = AgentEventKind.AgentCompleted, Agent = graph.Name, Value = Result, Timestamp = time },
        SessionState.Failed or SessionState.Cancelled or SessionState.Uncertain => new AgentEvent { Kind = AgentEventKind.AgentFailed, Agent = graph.Name, Exception = Error, Timestamp = time },
        SessionState.Suspended or SessionState.Paused => new AgentEvent { Kind = AgentEventKind.AgentSuspended, Agent = graph.Name, Message = State.ToString(), Timestamp = time },
        _ => null,
    };
}
