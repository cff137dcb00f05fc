namespace AgentFlow.AI;

/// <summary>How the execution of a plan has ended.</summary>
public enum MonitorStatus
{
    /// <summary>The goals are so; a problem without goals: every step was done.</summary>
    Succeeded,

    /// <summary>From where it stood there was no plan.</summary>
    NoPlan,

    /// <summary><see cref="MonitorOptions.MaxReplans"/> was reached.</summary>
    ReplanLimit,

    /// <summary><see cref="MonitorOptions.MaxSteps"/> was reached.</summary>
    StepLimit,
}
