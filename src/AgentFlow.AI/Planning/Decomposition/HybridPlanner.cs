namespace AgentFlow.AI;

/// <summary>
/// Breaks tasks down by methods, and searches where they do not lead on: for what a task achieves (<see cref="PlanningTask.Achieves"/>) when none of its methods works out, and for the problem's
/// goals when the tasks are done. A domain needs methods only for what is known; without any task, it is a search.
/// </summary>
/// <param name="heuristic">How the search guesses. Default: <see cref="PlanningHeuristic.Max"/>.</param>
/// <param name="limits">How far to go, decomposition and all searches together; each search takes part of what is left. Default: <see cref="PlanningLimits.Default"/>.</param>
public sealed class HybridPlanner(PlanningHeuristic heuristic = PlanningHeuristic.Max, PlanningLimits? limits = null) : IPlanner
{
    private readonly PlanningLimits _limits = limits ?? PlanningLimits.Default;
    private readonly ForwardPlanner _search = new(heuristic, limits);

    /// <inheritdoc />
    public PlanningResult Solve(PlanningProblem problem, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(problem);
        return new Decomposer(problem, new PlanningBudget(_limits, cancellationToken), _search).Solve();
    }
}
