namespace AgentFlow.AI;

/// <summary>No plan was found.</summary>
/// <param name="result">What planning has come to.</param>
public sealed class NoPlanException(PlanningResult result) : Exception(Describe(result))
{
    /// <summary>What planning has come to.</summary>
    public PlanningResult Result { get; } = result;

    private static string Describe(PlanningResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return result.Status == PlanningStatus.LimitReached
            ? $"No plan was found within the limits: {result.Limit} was reached after {result.Nodes} nodes. Raise it in PlanningLimits, or give the planner methods or a faster heuristic."
            : $"There is no plan: everything that could be tried was, {result.Nodes} nodes. Check that the goals can be so together, and what the operators need.";
    }
}
