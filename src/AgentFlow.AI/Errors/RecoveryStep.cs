namespace AgentFlow.AI;

/// <summary>What was done about an error.</summary>
public enum RecoveryStep
{
    /// <summary>The same input was tried again.</summary>
    Retry,

    /// <summary>The input was fixed and tried again.</summary>
    Fix,

    /// <summary>Something else was done instead.</summary>
    Fallback,

    /// <summary>Nothing more could be done.</summary>
    GiveUp,
}
