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
}
