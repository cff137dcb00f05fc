namespace AgentFlow;

/// <summary>What happens when a looping agent reaches its last iteration without being done.</summary>
public enum LimitPolicy
{
    /// <summary>The run fails with an <see cref="IterationLimitException"/> that carries the last state.</summary>
    Throw,

    /// <summary>The run returns what the last iteration made.</summary>
    ReturnLast,
}
