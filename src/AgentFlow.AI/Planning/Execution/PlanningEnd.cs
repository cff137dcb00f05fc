namespace AgentFlow.AI;

/// <summary>How a <see cref="PlanningAgent"/> has ended.</summary>
public enum PlanningEnd
{
    /// <summary>It has not.</summary>
    None,

    /// <summary>The goals are so; without goals: every step was done.</summary>
    Succeeded,

    /// <summary>From where it stood there was no plan.</summary>
    NoPlan,

    /// <summary><see cref="PlanningAgentOptions.MaxReplans"/> was reached.</summary>
    ReplanLimit,

    /// <summary><see cref="PlanningAgentOptions.MaxSteps"/> was reached.</summary>
    StepLimit,

    /// <summary>The tokens were used up.</summary>
    TokenLimit,

    /// <summary>The time was used up.</summary>
    TimeLimit,
}
