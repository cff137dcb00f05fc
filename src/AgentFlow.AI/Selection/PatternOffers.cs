using static AgentFlow.AI.ArchitectureCriterion;

namespace AgentFlow.AI;

/// <summary>
/// What each pattern gives, from 0 to 1, in the order of <see cref="ArchitecturePattern"/>. The first six criteria are rated by family (reactive, planning, several agents, hybrid); the
/// others tell the patterns of a family apart. docs/choosing.md shows the same table.
/// </summary>
internal static class PatternOffers
{
    private static readonly Dictionary<ArchitectureCriterion, double[]> s_offers = new()
    {
        //                   reactive events workflow goals planning workers peers levels hybrid
        [TaskComplexity] = [0.2, 0.2, 0.9, 0.9, 0.9, 0.8, 0.8, 0.8, 0.95],
        [ResponseTime] = [0.9, 0.9, 0.3, 0.3, 0.3, 0.5, 0.5, 0.5, 0.6],
        [Scalability] = [0.8, 0.8, 0.6, 0.6, 0.6, 0.9, 0.9, 0.9, 0.8],
        [Resources] = [0.9, 0.9, 0.4, 0.4, 0.4, 0.3, 0.3, 0.3, 0.2],
        [TeamExpertise] = [0.8, 0.8, 0.5, 0.5, 0.5, 0.3, 0.3, 0.3, 0.2],
        [Maintenance] = [0.9, 0.9, 0.4, 0.4, 0.4, 0.2, 0.2, 0.2, 0.1],
        [Determinism] = [0.9, 0.7, 1.0, 0.9, 0.8, 0.4, 0.2, 0.4, 0.4],
        [Collaboration] = [0.0, 0.2, 0.4, 0.2, 0.2, 1.0, 0.9, 0.9, 0.8],
        [Events] = [0.6, 1.0, 0.3, 0.4, 0.2, 0.4, 0.5, 0.4, 0.7],
        [CompetingGoals] = [0.0, 0.2, 0.2, 1.0, 0.5, 0.5, 0.5, 0.7, 0.7],
        [KnownSteps] = [0.3, 0.3, 1.0, 0.4, 0.6, 0.6, 0.2, 0.5, 0.6],
        [StepsToBeFound] = [0.0, 0.1, 0.1, 0.5, 1.0, 0.6, 0.6, 0.7, 0.8],
        [NoCentre] = [0.5, 0.5, 0.3, 0.2, 0.2, 0.2, 1.0, 0.3, 0.4],
        [Levels] = [0.0, 0.0, 0.3, 0.4, 0.6, 0.5, 0.2, 1.0, 0.7],
    };

    public static double Of(ArchitecturePattern pattern, ArchitectureCriterion criterion) => s_offers[criterion][(int)pattern];
}
