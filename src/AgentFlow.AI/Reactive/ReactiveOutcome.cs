namespace AgentFlow.AI;

/// <summary>How a reply came about.</summary>
public enum ReactiveOutcome
{
    /// <summary>The handler of its class gave it.</summary>
    Handled,

    /// <summary>The default handler gave it: the class is not known, or not sure enough.</summary>
    Default,

    /// <summary>A request that was alike had it before.</summary>
    Cached,

    /// <summary>The request was refused: it is empty, or too long.</summary>
    Refused,

    /// <summary>The handler has failed, or is left alone for a while, and the fallback stood in.</summary>
    Fallback,
}
