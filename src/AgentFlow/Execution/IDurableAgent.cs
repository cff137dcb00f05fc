using System.ComponentModel;
using AgentFlow.CompilerServices;

namespace AgentFlow;

/// <summary>An agent that sessions can take: everything it passes on can be recorded. The generator implements it, unless <c>[Agent(Durable = false)]</c>.</summary>
/// <typeparam name="TSelf">The agent.</typeparam>
/// <typeparam name="TInput">Its input: the one input's type, a tuple of several, or <see cref="Unit"/>.</typeparam>
/// <typeparam name="TResult">Its result, or <see cref="Unit"/>.</typeparam>
public interface IDurableAgent<TSelf, TInput, TResult> : IAgent<TSelf, TInput, TResult>
    where TSelf : IDurableAgent<TSelf, TInput, TResult>
{
    /// <summary>What recorded sessions of the agent rely on.</summary>
    static abstract AgentShape Shape { get; }

    /// <summary>What recorded sessions of this instance rely on: the shape of its class, unless it runs a <see cref="Plan"/>.</summary>
    AgentShape Contract => TSelf.Shape;

    /// <summary>Prepares a run for a session. For the run time.</summary>
    /// <param name="input">The arguments; left out where they will be restored.</param>
    /// <param name="options">What surrounds the run.</param>
    /// <returns>The run.</returns>
    [EditorBrowsable(EditorBrowsableState.Never)]
    AgentRun<TResult> Rent(TInput? input, RunOptions options);
}
