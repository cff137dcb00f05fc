namespace AgentFlow.AI;

/// <summary>Goals do not fit a stack, or one is asked for that is not there: the message says what is wrong and what to do. The stack is as it was.</summary>
/// <param name="message">What is wrong.</param>
public sealed class GoalException(string message) : ArgumentException(message);
