namespace AgentFlow.AI;

/// <summary>An event was published to an agent that is being stopped, or was.</summary>
public sealed class EventAgentStoppedException() : InvalidOperationException("The agent takes no more events: it is being stopped, or was.");
