namespace AgentFlow.AI;

/// <summary>Ways to build agents, the simplest first.</summary>
public enum ArchitecturePattern
{
    /// <summary>Each request is classified and handled at once.</summary>
    Reactive,

    /// <summary>Events are handled by type as they come.</summary>
    EventDriven,

    /// <summary>Steps that are known, with conditions, loops and parallel branches.</summary>
    Workflow,

    /// <summary>Several goals, by priority, dependencies and resources.</summary>
    GoalStack,

    /// <summary>Steps are found by planning, watched, and planned again.</summary>
    HierarchicalPlanning,

    /// <summary>One agent divides the work among specialists.</summary>
    CoordinatorAndWorkers,

    /// <summary>Agents agree among themselves, without a centre.</summary>
    PeerToPeer,

    /// <summary>Agents on several levels, from strategy to operation.</summary>
    HierarchicalAgents,

    /// <summary>Several of these together.</summary>
    Hybrid,
}
