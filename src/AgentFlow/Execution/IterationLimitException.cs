namespace AgentFlow;

/// <summary>A looping agent has made all the iterations it may and its <c>[Until]</c> does not hold.</summary>
public sealed class IterationLimitException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="agent">The agent's id.</param>
    /// <param name="iterations">How many iterations were made.</param>
    /// <param name="state">The agent's generated <c>__AgentFlow.State</c> after the last one.</param>
    public IterationLimitException(string agent, int iterations, object state)
        : base($"Agent '{agent}' made {iterations} iterations without its [Until] holding. Raise MaxIterations, or take what the last one made with OnLimit = LimitPolicy.ReturnLast.")
    {
        Agent = agent;
        Iterations = iterations;
        State = state;
    }

    /// <summary>The agent's id.</summary>
    public string Agent { get; }

    /// <summary>How many iterations were made.</summary>
    public int Iterations { get; }

    /// <summary>The agent's generated <c>__AgentFlow.State</c> after the last iteration.</summary>
    public object State { get; }
}
