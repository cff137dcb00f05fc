namespace AgentFlow;

/// <summary>Where an action stands in the current iteration. Everything up to <see cref="Completed"/> has, or may still have, a value.</summary>
public enum ActionStatus : byte
{
    /// <summary>Not started.</summary>
    Waiting,

    /// <summary>Started and not settled.</summary>
    Running,

    /// <summary>Settled with a value (or, if it makes none, successfully).</summary>
    Completed,

    /// <summary>Settled without a value: its condition did not hold, something it needs was skipped, it lost a race, or it is optional and failed.</summary>
    Skipped,

    /// <summary>Settled by an exception.</summary>
    Failed,

    /// <summary>Settled without having run, because something it depends on failed.</summary>
    Blocked,
}
