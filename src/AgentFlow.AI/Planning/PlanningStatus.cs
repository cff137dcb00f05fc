namespace AgentFlow.AI;

/// <summary>What planning has come to.</summary>
public enum PlanningStatus
{
    /// <summary>There is a plan.</summary>
    Solved,

    /// <summary>There is none: everything that the planner can try was tried.</summary>
    Exhausted,

    /// <summary>A limit was reached first: there may be one.</summary>
    LimitReached,
}
