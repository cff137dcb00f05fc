namespace AgentFlow.AI;

/// <summary>
/// Searches from the state of the world to the goals: A* (Hart, Nilsson and Raphael 1968), with states opened again where a cheaper way to them is found, so that plans are optimal with every heuristic that is never too high;
/// with <see cref="PlanningHeuristic.RelaxedPlan"/> greedy best-first search.
/// </summary>
/// <param name="heuristic">How the way to the goals is guessed. Default: <see cref="PlanningHeuristic.Max"/>.</param>
/// <param name="limits">How far to go. Default: <see cref="PlanningLimits.Default"/>.</param>
public sealed class ForwardPlanner(PlanningHeuristic heuristic = PlanningHeuristic.Max, PlanningLimits? limits = null) : IPlanner
{
    private readonly PlanningHeuristic _heuristic = Enum.IsDefined(heuristic) ? heuristic : throw new ArgumentOutOfRangeException(nameof(heuristic), heuristic, "There is no such heuristic.");
    private readonly PlanningLimits _limits = limits ?? PlanningLimits.Default;

    /// <inheritdoc />
    public PlanningResult Solve(PlanningProblem problem, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(problem);
        return Solve(problem, new PlanningBudget(_limits, cancellationToken));
    }

    internal PlanningResult Solve(PlanningProblem problem, PlanningBudget budget)
    {
        if (GroundProblem.Of(problem, budget) is not { } ground)
        {
            return budget.NoPlan();
        }

        var search = new BestFirstSearch(budget, isGreedy: _heuristic == PlanningHeuristic.RelaxedPlan);
        var steps = search.Find(ground.Initial, ground.Goals.IsSubsetOf, state => Successors(ground, state), EstimateFor(ground));
        return steps is null
            ? budget.NoPlan()
            : new()
            {
                Status = PlanningStatus.Solved,
                Plan = new StepPlan([.. steps.Select(static step => step.Step)], problem),
                Nodes = budget.Nodes,
                IsOptimal = _heuristic != PlanningHeuristic.RelaxedPlan && search.IsComplete,
            };
    }

    private static IEnumerable<(GroundStep Step, FactSet State)> Successors(GroundProblem ground, FactSet state)
    {
        foreach (var step in ground.Steps)
        {
            if (state.ContainsAll(step.Needs))
            {
                yield return (step, step.After(state));
            }
        }
    }

    private Func<FactSet, double> EstimateFor(GroundProblem ground)
    {
        var costs = new RelaxedCosts(ground);
        var missing = new MissingGoals(ground);
        return _heuristic switch
        {
            // Neither is ever too high, and so the higher one is not.
            PlanningHeuristic.Max => state => Math.Max(costs.Max(state), missing.Estimate(state)),
            PlanningHeuristic.RelaxedPlan => costs.RelaxedPlan,
            PlanningHeuristic.LandmarkCut => new LandmarkCuts(ground).Estimate,
            PlanningHeuristic.GoalCount => missing.Estimate,
            _ => static _ => 0,
        };
    }
}
