namespace AgentFlow;

/// <summary>What a journal record says. The numbers are stored: they never change.</summary>
public enum JournalKind : byte
{
    /// <summary>The session was created. The payload holds its inputs and the agent's shape.</summary>
    Created = 0,

    /// <summary>An action completed. The payload holds its output.</summary>
    Completed = 1,

    /// <summary>An action was skipped because its condition did not hold.</summary>
    Skipped = 2,

    /// <summary>An action finally failed. The payload holds the error.</summary>
    Failed = 3,

    /// <summary>An action that must happen at most once is about to start.</summary>
    Intended = 4,

    /// <summary>An action was undone.</summary>
    Compensated = 5,

    /// <summary>An action waits for a time. The payload holds for how long, from the record's own time.</summary>
    TimerSet = 6,

    /// <summary>The time an action waited for has come.</summary>
    TimerFired = 7,

    /// <summary>The session changed its state. The payload holds it, and why.</summary>
    StateChanged = 8,

    /// <summary>A named checkpoint.</summary>
    Checkpoint = 9,

    /// <summary>
    /// Outcomes were struck, so that their actions run again; or an intent (<see cref="Intended"/>) was withdrawn, because its action never began.
    /// </summary>
    Struck = 10,

    /// <summary>An output was replaced by a person.</summary>
    Edited = 11,

    /// <summary>
    /// Cancellation was asked for; or, with an error, the session has stopped because of it (a budget, the time of the whole), and is about to
    /// undo what it has done.
    /// </summary>
    CancelRequested = 12,

    /// <summary>A signal was taken out of the way that could not be read, or did not fit the action that waits for it. The session went on waiting.</summary>
    SignalRefused = 13,
}
