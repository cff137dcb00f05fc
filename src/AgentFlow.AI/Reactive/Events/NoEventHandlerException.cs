namespace AgentFlow.AI;

/// <summary>An event was published that nobody handles.</summary>
/// <param name="type">The event's type.</param>
public sealed class NoEventHandlerException(Type type)
    : InvalidOperationException($"Nobody handles events of type '{type}'. Register a handler before the agent is started: agent.On<{type?.Name}>(…).")
{
    /// <summary>The event's type.</summary>
    public Type EventType { get; } = type!;
}
