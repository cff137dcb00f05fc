namespace AgentFlow.AI;

/// <summary>What a <see cref="GoalAgent"/> works on in one round.</summary>
/// <param name="Stack">The goals as they stand.</param>
/// <param name="Started">Those that are worked on, by name; none if nothing can be any more.</param>
/// <param name="Deadline">When the time is up, if there is an end to it.</param>
public sealed record GoalRound(GoalStackSnapshot Stack, string[] Started, DateTimeOffset? Deadline);
