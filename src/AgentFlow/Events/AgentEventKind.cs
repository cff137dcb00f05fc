namespace AgentFlow;

/// <summary>What an <see cref="AgentEvent"/> tells.</summary>
public enum AgentEventKind
{
    /// <summary>The run begins.</summary>
    AgentStarted,

    /// <summary>The plan is known; <see cref="AgentEvent.TryGetValue"/> gives the <see cref="AgentGraph"/>.</summary>
    PlanGenerated,

    /// <summary>An iteration begins.</summary>
    IterationStarted,

    /// <summary>An action starts.</summary>
    ActionStarted,

    /// <summary>An action has completed; the event carries its output.</summary>
    ActionCompleted,

    /// <summary>An action, or one element of a for-each, has finally failed; the event carries the exception.</summary>
    ActionFailed,

    /// <summary>An action was skipped, or could not run because something it depends on failed.</summary>
    ActionSkipped,

    /// <summary>An attempt has failed and another will be made; the event carries the exception.</summary>
    ActionRetrying,

    /// <summary>An action that makes a sequence has made one element; the event carries it.</summary>
    ActionOutput,

    /// <summary>Every action of an iteration has settled.</summary>
    IterationCompleted,

    /// <summary>The run has ended well; the event carries the result.</summary>
    AgentCompleted,

    /// <summary>The run has failed or was cancelled; the event carries the exception.</summary>
    AgentFailed,

    /// <summary>A token of a language model.</summary>
    LlmToken,

    /// <summary>A thought of the agent.</summary>
    Thought,

    /// <summary>How far an action has come.</summary>
    Progress,

    /// <summary>An event of the user's own, with a name.</summary>
    Custom,

    /// <summary>The session waits for a signal or a time, or is paused; the event's message says which.</summary>
    AgentSuspended,
}
