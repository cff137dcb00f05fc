namespace AgentFlow;

/// <summary>How the delay between attempts grows.</summary>
public enum BackoffKind
{
    /// <summary>Always the same.</summary>
    Constant,

    /// <summary>By one delay an attempt.</summary>
    Linear,

    /// <summary>Twice as long each time.</summary>
    Exponential,
}
