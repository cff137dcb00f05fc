namespace AgentFlow.AI;

/// <summary>Goals that wait for each other in a circle, and what was done about it.</summary>
/// <param name="Circle">The goals, each of which waits for the next, and the last for the first.</param>
/// <param name="Victim">The one whose work was made void: it holds nothing any more, and waits for nothing.</param>
/// <param name="HasFailed">Whether it has failed for good, as it was the victim too often; else it is <see cref="GoalState.Pending"/> again.</param>
public sealed record GoalDeadlock(IReadOnlyList<Goal> Circle, Goal Victim, bool HasFailed);
