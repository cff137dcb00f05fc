namespace AgentFlow.Testing;

/// <summary>Runs agents with some of their actions replaced.</summary>
public static class Fake
{
    /// <summary>Prepares an agent: <c>await Fake.Agent(agent).Returns("Fetch", page).RunAsync(input);</c></summary>
    /// <typeparam name="TSelf">The agent.</typeparam>
    /// <typeparam name="TInput">Its input.</typeparam>
    /// <typeparam name="TResult">Its result.</typeparam>
    /// <param name="agent">The agent. Actions without a fake are its own.</param>
    /// <returns>The agent with fakes: none yet.</returns>
    public static FakedAgent<TSelf, TInput, TResult> Agent<TSelf, TInput, TResult>(IDurableAgent<TSelf, TInput, TResult> agent)
        where TSelf : IDurableAgent<TSelf, TInput, TResult>
    {
        ArgumentNullException.ThrowIfNull(agent);
        return new(agent);
    }
}
