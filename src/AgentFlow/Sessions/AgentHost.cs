using AgentFlow.CompilerServices;

namespace AgentFlow;

/// <summary>An agent that a runtime can run sessions of.</summary>
internal abstract class AgentHost
{
    /// <summary>The class of the agent.</summary>
    public abstract Type Agent { get; }

    /// <summary>The agent itself.</summary>
    public abstract object Instance { get; }

    public abstract AgentGraph Graph { get; }

    public abstract AgentShape Shape { get; }

    /// <summary>Prepares a run whose inputs will be restored.</summary>
    public abstract AgentRun Rent(RunOptions options);
}

/// <inheritdoc />
internal sealed class AgentHost<TSelf, TInput, TResult>(IDurableAgent<TSelf, TInput, TResult> agent) : AgentHost
    where TSelf : IDurableAgent<TSelf, TInput, TResult>
{
    public override Type Agent => typeof(TSelf);

    public override object Instance => agent;

    public override AgentGraph Graph => agent.Definition;

    public override AgentShape Shape => agent.Contract;

    public override AgentRun Rent(RunOptions options) => agent.Rent(default, options);

    public AgentRun Rent(TInput input, RunOptions options) => agent.Rent(input, options);
}
