namespace AgentFlow;

/// <summary>The names of event kinds outside the process.</summary>
public static class AgentEventKindExtensions
{
    /// <summary>The name on the wire: <c>action_completed</c>, <c>llm_token</c>, …</summary>
    /// <param name="kind">The kind.</param>
    /// <returns>The name.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="kind"/> is not a kind.</exception>
    public static string ToWireName(this AgentEventKind kind) => kind switch
    {
        AgentEventKind.AgentStarted => "agent_started",
        AgentEventKind.PlanGenerated => "plan_generated",
        AgentEventKind.IterationStarted => "iteration_started",
        AgentEventKind.ActionStarted => "action_started",
        AgentEventKind.ActionCompleted => "action_completed",
        AgentEventKind.ActionFailed => "action_failed",
        AgentEventKind.ActionSkipped => "action_skipped",
        AgentEventKind.ActionRetrying => "action_retrying",
        AgentEventKind.ActionOutput => "action_output",
        AgentEventKind.IterationCompleted => "iteration_completed",
        AgentEventKind.AgentCompleted => "agent_completed",
        AgentEventKind.AgentFailed => "agent_failed",
        AgentEventKind.LlmToken => "llm_token",
        AgentEventKind.Thought => "thought",
        AgentEventKind.Progress => "progress",
        AgentEventKind.Custom => "custom",
        AgentEventKind.AgentSuspended => "agent_suspended",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not an event kind."),
    };
}
