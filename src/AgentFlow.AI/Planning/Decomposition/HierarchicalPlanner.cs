namespace AgentFlow.AI;

/// <summary>
/// Breaks the problem's tasks down by the domain's methods until only steps are left: a hierarchical task network of total order (SHOP: Nau, Cao, Lotem and Muñoz-Avila 1999). Fast, because it
/// does only what the methods say; its plans are as good as they are. If the problem has goals besides, the plan makes them so, too.
/// </summary>
/// <param name="limits">How far to go. Default: <see cref="PlanningLimits.Default"/>.</param>
public sealed class HierarchicalPlanner(PlanningLimits? limits = null) : IPlanner
{
    private readonly PlanningLimits _limits = limits ?? PlanningLimits.Default;

    /// <inheritdoc />
    /// <exception cref="ArgumentException">The problem has no task.</exception>
    public PlanningResult Solve(PlanningProblem problem, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(problem);
        return problem.TaskPatterns.Count > 0
            ? new Decomposer(problem, new PlanningBudget(_limits, cancellationToken), search: null).Solve()
            : throw new ArgumentException("The problem has no task to break down. Set PlanningProblem.Tasks, or search for its goals by a ForwardPlanner.", nameof(problem));
    }
}
