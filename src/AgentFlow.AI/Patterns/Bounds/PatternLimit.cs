namespace AgentFlow.AI;

/// <summary>What has ended a pattern before it had what it was after.</summary>
public enum PatternLimit
{
    /// <summary>Nothing has: it has what it was after.</summary>
    None,

    /// <summary>The rounds, trials or plans were used up.</summary>
    Rounds,

    /// <summary>The tokens were used up.</summary>
    Tokens,

    /// <summary>The time was used up.</summary>
    Time,

    /// <summary>The model refused; what has failed quotes it.</summary>
    Refusal,
}
