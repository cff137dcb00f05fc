namespace AgentFlow.AI;

/// <summary>The limits of <see cref="PlanningLimits"/>.</summary>
public enum PlanningLimit
{
    /// <summary>None was reached.</summary>
    None,

    /// <summary><see cref="PlanningLimits.MaxNodes"/>.</summary>
    Nodes,

    /// <summary><see cref="PlanningLimits.MaxDepth"/>.</summary>
    Depth,

    /// <summary><see cref="PlanningLimits.MaxGroundSteps"/>.</summary>
    GroundSteps,

    /// <summary><see cref="PlanningLimits.Timeout"/>.</summary>
    Time,
}
