namespace AgentFlow.AI;

/// <summary>Why a goal has ended.</summary>
public enum GoalEnd
{
    /// <summary>It has not.</summary>
    None,

    /// <summary>It was reached.</summary>
    Reached,

    /// <summary>The work has failed (<see cref="GoalStack.Fail"/>).</summary>
    WorkFailed,

    /// <summary>It was withdrawn (<see cref="GoalStack.Cancel"/>).</summary>
    Withdrawn,

    /// <summary>A goal that it had to wait for was not reached.</summary>
    DependencyFailed,

    /// <summary>Its deadline had passed before work began.</summary>
    DeadlinePassed,

    /// <summary>A stronger goal wants the opposite.</summary>
    Contradicted,

    /// <summary>It was preempted to resolve deadlocks more often than <see cref="GoalStackOptions.MaxPreemptions"/>.</summary>
    Deadlock,
}
