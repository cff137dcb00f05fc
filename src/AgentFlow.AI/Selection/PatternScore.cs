namespace AgentFlow.AI;

/// <summary>How a pattern meets the requirements.</summary>
/// <param name="Pattern">The pattern.</param>
/// <param name="Score">The mean of its criteria's scores, from 0 to 1; 1 if nothing was asked for.</param>
/// <param name="Criteria">What was asked for, and how the pattern meets it.</param>
public sealed record PatternScore(ArchitecturePattern Pattern, double Score, IReadOnlyList<CriterionScore> Criteria);
