namespace AgentFlow.AI;

/// <summary>A planning domain or problem is not well formed: the message says what is wrong, where, and what to do.</summary>
/// <param name="message">What is wrong.</param>
public sealed class PlanningDefinitionException(string message) : ArgumentException(message);
