namespace AgentFlow.AI;

/// <summary>Finds plans. Planners are deterministic: equal problems have equal plans. Thread-safe.</summary>
public interface IPlanner
{
    /// <summary>Looks for a plan.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>A plan, or why there is none.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    PlanningResult Solve(PlanningProblem problem, CancellationToken cancellationToken = default);
}
