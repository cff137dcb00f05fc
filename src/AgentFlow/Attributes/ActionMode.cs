namespace AgentFlow;

/// <summary>How an action is scheduled against the others of its run.</summary>
public enum ActionMode
{
    /// <summary>Overlaps with whatever is ready.</summary>
    Async,

    /// <summary>Runs alone: it starts when nothing is under way, and nothing starts until it is done.</summary>
    Sync,

    /// <summary>Holds nobody up and feeds nobody. Its failure is an event, never the run's.</summary>
    FireAndForget,
}
