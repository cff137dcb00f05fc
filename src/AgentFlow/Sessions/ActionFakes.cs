using AgentFlow.CompilerServices;

namespace AgentFlow;

/// <summary>Stands in for actions, in tests.</summary>
internal abstract class ActionFakes
{
    /// <summary>Says what an action comes to that is ready, instead of starting it.</summary>
    /// <param name="run">Its run. The output is put there.</param>
    /// <param name="action">The action.</param>
    /// <param name="error">What it has failed with.</param>
    /// <returns>What it has come to, or null: it is to start.</returns>
    public abstract ActionStatus? Answer(AgentRun run, int action, out Exception? error);
}
