namespace AgentFlow;

/// <summary>What every compiled agent is, so that code can be generic over agents without reflection. The generator implements it.</summary>
/// <typeparam name="TSelf">The agent.</typeparam>
/// <typeparam name="TInput">Its input: the one input's type, a tuple of several, or <see cref="Unit"/>.</typeparam>
/// <typeparam name="TResult">Its result, or <see cref="Unit"/>.</typeparam>
public interface IAgent<TSelf, TInput, TResult>
    where TSelf : IAgent<TSelf, TInput, TResult>
{
    /// <summary>The agent's actions and the edges between them.</summary>
    static abstract AgentGraph Graph { get; }

    /// <summary>The graph of this instance: that of its class, unless it runs a <see cref="Plan"/>.</summary>
    AgentGraph Definition => TSelf.Graph;

    /// <summary>Runs the agent once.</summary>
    /// <param name="input">The arguments of the run.</param>
    /// <param name="options">What surrounds the run.</param>
    /// <param name="cancellationToken">Cancels the run.</param>
    /// <returns>The value of the result action.</returns>
    /// <exception cref="ActionFailedException">An action failed.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    ValueTask<TResult> RunAsync(TInput input, RunOptions options, CancellationToken cancellationToken);

    /// <summary>Runs the agent once and tells what happens.</summary>
    /// <param name="input">The arguments of the run.</param>
    /// <param name="options">What surrounds the run.</param>
    /// <param name="cancellationToken">Cancels the run.</param>
    /// <returns>The events, up to the one that ends the run.</returns>
    IAsyncEnumerable<AgentEvent> StreamAsync(TInput input, RunOptions options, CancellationToken cancellationToken);
}
