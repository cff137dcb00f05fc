namespace AgentFlow.AI;

/// <summary>What planning has come to: a plan, or why there is none.</summary>
public sealed record PlanningResult
{
    /// <summary>What it has come to.</summary>
    public required PlanningStatus Status { get; init; }

    /// <summary>The plan; <see langword="null"/> if there is none.</summary>
    public StepPlan? Plan { get; init; }

    /// <summary>Which limit was reached, with <see cref="PlanningStatus.LimitReached"/>.</summary>
    public PlanningLimit Limit { get; init; }

    /// <summary>Whether the planner has made sure that no plan costs less.</summary>
    public bool IsOptimal { get; init; }

    /// <summary>How many states, or states of a decomposition, were looked at.</summary>
    public int Nodes { get; init; }

    /// <summary>The plan, or an exception that says why there is none.</summary>
    /// <returns>The plan.</returns>
    /// <exception cref="NoPlanException">There is none.</exception>
    public StepPlan GetPlanOrThrow() => Plan ?? throw new NoPlanException(this);

    internal static PlanningResult Exhausted(int nodes) => new() { Status = PlanningStatus.Exhausted, Nodes = nodes };

    internal static PlanningResult Reached(PlanningLimit limit, int nodes) => new() { Status = PlanningStatus.LimitReached, Limit = limit, Nodes = nodes };
}
