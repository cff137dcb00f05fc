namespace AgentFlow;

/// <summary>Where a session stands in its life: <c>Created → Running ⇄ Suspended / Paused → Completed | Failed | Cancelled | Uncertain → Archived</c>.</summary>
public enum SessionState : byte
{
    /// <summary>Recorded, and nothing of it has run.</summary>
    Created,

    /// <summary>Somebody works on it, or will as soon as a worker is free.</summary>
    Running,

    /// <summary>Waits for a signal or a timer, at no cost.</summary>
    Suspended,

    /// <summary>Held by a person; goes on when resumed.</summary>
    Paused,

    /// <summary>Ended with its result.</summary>
    Completed,

    /// <summary>Ended by a failure; may be redriven.</summary>
    Failed,

    /// <summary>Ended because somebody asked for it.</summary>
    Cancelled,

    /// <summary>An action that must not be repeated was under way when its worker died: a person has to say what became of it.</summary>
    Uncertain,

    /// <summary>Put away; can be read, and never goes on.</summary>
    Archived,
}
