namespace AgentFlow.AI;

/// <summary>How a pattern meets one criterion.</summary>
/// <param name="Criterion">The criterion.</param>
/// <param name="Demand">How much is asked for, from above 0 to 1.</param>
/// <param name="Offer">How much the pattern gives, from 0 to 1.</param>
/// <param name="Justification">The same in words.</param>
public sealed record CriterionScore(ArchitectureCriterion Criterion, double Demand, double Offer, string Justification)
{
    /// <summary>How far the demand is met, from 0 to 1: 1 less what is missing.</summary>
    public double Score => 1 - Math.Max(0, Demand - Offer);
}
