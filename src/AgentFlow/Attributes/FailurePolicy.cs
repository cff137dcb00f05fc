namespace AgentFlow;

/// <summary>What an action's failure does to the rest of the run.</summary>
public enum FailurePolicy
{
    /// <summary>The run's token is cancelled, actions under way are awaited, compensations run, and the run fails.</summary>
    FailFast,

    /// <summary>Only the dependents of the failed action are left out. The run fails if its result cannot be made.</summary>
    Continue,
}
