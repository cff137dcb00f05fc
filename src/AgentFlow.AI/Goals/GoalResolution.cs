namespace AgentFlow.AI;

/// <summary>What is done about a conflict of two goals.</summary>
public enum GoalResolution
{
    /// <summary>They are worked on one after the other, in whichever order they come to their turn.</summary>
    TakeTurns,

    /// <summary>The goal that is waited for has the priority of the one that waits, as long as it does (priority inheritance: Sha, Rajkumar and Lehoczky 1990).</summary>
    Inherit,

    /// <summary>The weaker one is not begun before the stronger one has ended.</summary>
    StrongerFirst,

    /// <summary>The weaker one is cancelled.</summary>
    WeakerCancelled,
}
