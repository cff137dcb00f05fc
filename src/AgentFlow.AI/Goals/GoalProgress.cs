namespace AgentFlow.AI;

/// <summary>What a <see cref="GoalAgent"/> has come to.</summary>
/// <param name="Stack">The goals as they stand.</param>
/// <param name="Outputs">What the goals have made that are reached, by name.</param>
/// <param name="IsDone">Whether there are no more rounds.</param>
/// <param name="Limit">What has ended it while goals were open.</param>
public sealed record GoalProgress(GoalStackSnapshot Stack, Dictionary<string, string> Outputs, bool IsDone, PatternLimit Limit);
