namespace AgentFlow.AI;

/// <summary>In what two goals are in each other's way.</summary>
public enum GoalConflictKind
{
    /// <summary>Together they need more of a resource than there is.</summary>
    Resource,

    /// <summary>One waits for another of lower priority; or both are urgent (<see cref="GoalStackOptions.UrgentPriority"/>) and cannot be worked on at once.</summary>
    Priority,

    /// <summary>They cannot be worked on at once, and neither order keeps both deadlines.</summary>
    Temporal,

    /// <summary>One achieves what the other prevents.</summary>
    Logical,
}
