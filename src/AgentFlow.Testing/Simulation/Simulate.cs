namespace AgentFlow.Testing;

/// <summary>Runs agents under orders, crashes and answers that a program would meet once in years.</summary>
public static class Simulate
{
    /// <summary>Prepares the simulation of an agent: <c>await Simulate.Agent(agent, input).ExploreAsync();</c></summary>
    /// <typeparam name="TSelf">The agent.</typeparam>
    /// <typeparam name="TInput">Its input.</typeparam>
    /// <typeparam name="TResult">Its result.</typeparam>
    /// <param name="agent">The agent. Its actions are called many times over.</param>
    /// <param name="input">The arguments.</param>
    /// <returns>The simulation.</returns>
    public static Simulation<TSelf, TInput, TResult> Agent<TSelf, TInput, TResult>(IDurableAgent<TSelf, TInput, TResult> agent, TInput input)
        where TSelf : IDurableAgent<TSelf, TInput, TResult> => new(agent, input);
}
