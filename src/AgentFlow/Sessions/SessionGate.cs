using AgentFlow.CompilerServices;

namespace AgentFlow;

/// <summary>Holds what actions come to until it is told to let it pass: how a simulation decides in which order actions complete.</summary>
internal abstract class SessionGate
{
    /// <summary>An action has ended.</summary>
    /// <param name="run">Its run.</param>
    /// <param name="action">The action.</param>
    /// <param name="pass">Lets it pass.</param>
    public abstract void Hold(AgentRun run, int action, Action pass);

    /// <summary>An action is about to start.</summary>
    public abstract void Starting(AgentRun run, int action);

    /// <summary>An element of a for-each has ended.</summary>
    /// <param name="run">Its run.</param>
    /// <param name="action">The action.</param>
    /// <param name="item">The place of the element.</param>
    /// <returns>Completes when it may pass.</returns>
    public abstract Task HoldItemAsync(AgentRun run, int action, int item);

    /// <summary>Something that works on elements of an action begins (1) or has ended (-1). The action is quiet when as many elements are held.</summary>
    public abstract void CountWorkers(AgentRun run, int action, int change);
}
