namespace AgentFlow.AI;

/// <summary>How agents run that are called as tools: observed, or in sessions. Pass it as <see cref="ToolCallOptions.AgentRunner"/>.</summary>
public abstract class AgentToolRunner
{
    /// <summary>Runs an agent.</summary>
    /// <typeparam name="TSelf">The agent.</typeparam>
    /// <typeparam name="TInput">Its input.</typeparam>
    /// <typeparam name="TResult">Its result.</typeparam>
    /// <param name="agent">The agent.</param>
    /// <param name="input">The arguments of the run.</param>
    /// <param name="options">What surrounds the run.</param>
    /// <param name="cancellationToken">Cancels the run.</param>
    /// <returns>The agent's result.</returns>
    public abstract ValueTask<TResult> RunAsync<TSelf, TInput, TResult>(IAgent<TSelf, TInput, TResult> agent, TInput input, RunOptions options, CancellationToken cancellationToken)
        where TSelf : IAgent<TSelf, TInput, TResult>;

    /// <summary>Runs an agent that may run in a session.</summary>
    /// <typeparam name="TSelf">The agent.</typeparam>
    /// <typeparam name="TInput">Its input.</typeparam>
    /// <typeparam name="TResult">Its result.</typeparam>
    /// <param name="agent">The agent.</param>
    /// <param name="input">The arguments of the run.</param>
    /// <param name="options">What surrounds the run; a session has its runtime's instead.</param>
    /// <param name="cancellationToken">Cancels the run.</param>
    /// <returns>The agent's result.</returns>
    public virtual ValueTask<TResult> RunDurableAsync<TSelf, TInput, TResult>(IDurableAgent<TSelf, TInput, TResult> agent, TInput input, RunOptions options, CancellationToken cancellationToken)
        where TSelf : IDurableAgent<TSelf, TInput, TResult> =>
        RunAsync(agent, input, options, cancellationToken);
}
