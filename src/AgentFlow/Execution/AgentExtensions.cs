namespace AgentFlow;

/// <summary>What can be done with every agent.</summary>
public static class AgentExtensions
{
    /// <summary>Runs an agent once and tells what it has come to, its failures included.</summary>
    /// <typeparam name="TSelf">The agent.</typeparam>
    /// <typeparam name="TInput">Its input.</typeparam>
    /// <typeparam name="TResult">Its result.</typeparam>
    /// <param name="agent">The agent.</param>
    /// <param name="input">The arguments of the run.</param>
    /// <param name="options">What surrounds the run. Default: <see cref="RunOptions.Default"/>.</param>
    /// <param name="cancellationToken">Cancels the run.</param>
    /// <returns>The result, if it was made, and what has failed, whether or not it was.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public static async ValueTask<RunReport<TResult>> TryRunAsync<TSelf, TInput, TResult>(
        this IAgent<TSelf, TInput, TResult> agent, TInput input, RunOptions? options = null, CancellationToken cancellationToken = default)
        where TSelf : IAgent<TSelf, TInput, TResult>
    {
        ArgumentNullException.ThrowIfNull(agent);
        IReadOnlyList<ActionFailedException> failures = [];
        var reporting = (options ?? RunOptions.Default).TellingFailures(told => failures = told);
        try
        {
            var result = await agent.RunAsync(input, reporting, cancellationToken).ConfigureAwait(false);
            return new() { Succeeded = true, Result = result, Failures = failures };
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return new() { Succeeded = false, Error = e, Failures = failures };
        }
    }
}
