namespace AgentFlow.AI;

/// <summary>
/// Chains backwards from the goals: which step could come last, and what would have to be so before it (regression: Waldinger 1977; Bonet and Geffner 2001). A* over sets of goals with
/// h² (Haslum and Geffner 2000), or h_max where there are too many facts: plans are optimal.
/// Only steps that serve a goal are looked at, which pays where much could be done and little is to the purpose.
/// </summary>
/// <param name="limits">How far to go. Default: <see cref="PlanningLimits.Default"/>.</param>
public sealed class BackwardPlanner(PlanningLimits? limits = null) : IPlanner
{
    private readonly PlanningLimits _limits = limits ?? PlanningLimits.Default;

    /// <inheritdoc />
    public PlanningResult Solve(PlanningProblem problem, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(problem);
        var budget = new PlanningBudget(_limits, cancellationToken);
        if (GroundProblem.Of(problem, budget, withOpposites: true) is not { } ground || EstimateFor(ground, budget) is not { } estimate)
        {
            return budget.NoPlan();
        }

        var search = new BestFirstSearch(budget, isGreedy: false);
        var steps = search.Find(ground.Goals, ground.Initial.ContainsAll, new Regression(ground, budget).Before, estimate);
        if (steps is null)
        {
            return budget.NoPlan();
        }

        steps.Reverse();
        return new()
        {
            Status = PlanningStatus.Solved,
            Plan = new StepPlan([.. steps.Select(static step => step.Step)], problem),
            Nodes = budget.Nodes,
            IsOptimal = search.IsComplete,
        };
    }

    private static Func<FactSet, double>? EstimateFor(GroundProblem ground, PlanningBudget budget)
    {
        if (ground.FactCount <= PairCosts.MaxFacts)
        {
            return PairCosts.Of(ground, budget) is { } pairs ? goals => pairs[goals] : null;
        }

        var costs = new RelaxedCosts(ground);
        costs.Spread(ground.Initial, sum: false);
        return goals => goals.Members.Select(goal => costs[goal]).DefaultIfEmpty(0).Max();
    }
}
