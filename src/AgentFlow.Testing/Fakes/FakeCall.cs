using System.Diagnostics.CodeAnalysis;
using AgentFlow.CompilerServices;

namespace AgentFlow.Testing;

/// <summary>An action that was ready to start, and a fake stood in for. What it could see is at hand until the fake has answered.</summary>
public sealed class FakeCall
{
    private readonly AgentRun _run;

    internal FakeCall(AgentRun run, int action)
    {
        _run = run;
        Action = run.Plan.Graph.Actions[action].Name;
        Iteration = run.Iteration;
    }

    /// <summary>The action.</summary>
    public string Action { get; }

    /// <summary>The iteration, from 1.</summary>
    public int Iteration { get; }

    /// <summary>What another action has come to before.</summary>
    /// <typeparam name="T">Its output.</typeparam>
    /// <param name="action">The other action.</param>
    /// <param name="output">The output.</param>
    /// <returns>Whether it has completed, with an output of that type.</returns>
    /// <exception cref="ArgumentException">The agent has no such action.</exception>
    public bool TryGetOutput<T>(string action, [MaybeNullWhen(false)] out T output)
    {
        var index = FakedActions.IndexOf(_run.Plan.Graph, action);
        if (_run.StatusOf(index) == ActionStatus.Completed && _run.OutputOf(index) is T value)
        {
            output = value;
            return true;
        }

        output = default;
        return false;
    }
}
