namespace AgentFlow.AI;

/// <summary>Two goals that are in each other's way, and what was done about it.</summary>
/// <param name="Kind">In what.</param>
/// <param name="Resolution">What was done.</param>
/// <param name="Stronger">The one that goes first or stays: the one under way, else that of higher priority and age together, else that of the earlier deadline, else the one that was pushed first.</param>
/// <param name="Weaker">The other.</param>
/// <param name="Explanation">What the conflict is about, in words.</param>
public sealed record GoalConflict(GoalConflictKind Kind, GoalResolution Resolution, Goal Stronger, Goal Weaker, string Explanation);
