namespace AgentFlow.AI;

/// <summary>What came of an event.</summary>
public enum DurableEventStatus
{
    /// <summary>Its handler has handled it.</summary>
    Handled,

    /// <summary>Its handler has failed, as often as it was tried.</summary>
    Failed,

    /// <summary>Its handler took too long, as often as it was tried.</summary>
    TimedOut,

    /// <summary>Nobody handles events of its type.</summary>
    UnknownType,

    /// <summary>It is not what events of its type are, or no event at all.</summary>
    InvalidBody,

    /// <summary>It was handled before: one with its id had come to an earlier session of the lane.</summary>
    Duplicate,

    /// <summary>A crash came while it was handled, and it must not be handled twice: a person has to find out.</summary>
    InDoubt,
}
