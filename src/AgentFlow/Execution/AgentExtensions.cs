namespace AgentFlow;

/// <summary>Runs agents of any type.</summary>
public static class AgentExtensions
{
    /// <summary>Runs an agent once and returns its result together with its failures, instead of throwing.</summary>
    /// <typeparam name="TSelf">The agent.</typeparam>
    /// <typeparam name="TInput">Its input.</typeparam>
    /// <typeparam name="TResult">Its result.</typeparam>
    /// <param name="agent">The agent.</param>
    /// <param name="input">The arguments of the run.</param>
    /// <param name="options">What surrounds the run. Default: <see cref="RunOptions.Default"/>.</param>
    /// <param name="cancellationToken">Cancels the run.</param>
    /// <returns>The result, if the run produced one, and the failures, whether it did or not.</returns>
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
