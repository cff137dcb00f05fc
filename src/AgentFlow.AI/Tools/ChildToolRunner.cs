namespace AgentFlow.AI;

/// <summary>
/// Runs agents that are called as tools as children of the action that calls them, of which there may be one: in a session they are sessions of their own. What they spend counts as the action's.
/// </summary>
internal sealed class ChildToolRunner(ActionContext context) : AgentToolRunner
{
    public override ValueTask<TResult> RunAsync<TSelf, TInput, TResult>(IAgent<TSelf, TInput, TResult> agent, TInput input, RunOptions options, CancellationToken cancellationToken) =>
        agent.RunAsync(input, context.OptionsForChild(options), cancellationToken);

    public override ValueTask<TResult> RunDurableAsync<TSelf, TInput, TResult>(IDurableAgent<TSelf, TInput, TResult> agent, TInput input, RunOptions options, CancellationToken cancellationToken) =>
        context.SessionId is null ? RunAsync(agent, input, options, cancellationToken) : context.RunChildAsync(agent, input, cancellationToken);
}
