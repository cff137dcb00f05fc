namespace AgentFlow.AI;

/// <summary>What can be done about an error.</summary>
public enum ErrorClass
{
    /// <summary>The same again, later: time-outs, rate limits, what fails for a while.</summary>
    Retriable,

    /// <summary>The same with another input: what is invalid, missing or malformed.</summary>
    Fixable,

    /// <summary>Something else instead: what is not available, or does not do the whole of it.</summary>
    Fallback,

    /// <summary>Nothing: what is forbidden or is not there, what was cancelled, and whatever is not known.</summary>
    Terminal,
}
