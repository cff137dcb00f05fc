namespace AgentFlow.AI;

/// <summary>A goal that it is now the turn of.</summary>
/// <param name="Goal">The goal.</param>
/// <param name="IsContinued">Whether it goes on, what it has waited for being there.</param>
/// <param name="Preemptions">How often its work was made void to resolve a deadlock: it starts anew.</param>
/// <param name="Outputs">What the goals have made that are reached, by name.</param>
public sealed record GoalTurn(Goal Goal, bool IsContinued, int Preemptions, IReadOnlyDictionary<string, string> Outputs);
