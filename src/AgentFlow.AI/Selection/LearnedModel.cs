namespace AgentFlow.AI;

/// <summary>What is known of a model. Older observations count for less, so that numbers are not whole.</summary>
/// <param name="Name">The model.</param>
/// <param name="Successes">The qualities that were observed, summed up.</param>
/// <param name="Failures">What they fell short of 1, summed up.</param>
/// <param name="Calls">The calls.</param>
/// <param name="Cost">What they have cost.</param>
/// <param name="Seconds">How long they took, in seconds.</param>
public sealed record LearnedModel(string Name, double Successes, double Failures, double Calls, double Cost, double Seconds);
