namespace AgentFlow.CompilerServices;

/// <summary>
/// What stands of a for-each that has not completed: the elements that have. Undoing the run undoes them, as it undoes an action that has completed.
/// </summary>
public abstract partial class AgentRun
{
    /// <summary>The elements of each for-each with a compensation that is at work, or has ended without completing; null if the agent has none.</summary>
    private readonly IElements?[]? _elements;

    /// <summary>
    /// Puts the values of the elements that have completed in the place of the output of a for-each that has not, for its compensation. Generated
    /// for agents that compensate one.
    /// </summary>
    /// <param name="action">The action.</param>
    /// <param name="values">The values, an array of the output's type; null to take them away again.</param>
    protected virtual void SetElements(int action, Array? values)
    {
    }

    /// <summary>A for-each begins, or has completed (null).</summary>
    internal void WorkOn(int action, IElements? elements)
    {
        if (_elements is not null && _plan.IsCompensated[action])
        {
            _elements[action] = elements;
        }
    }

    /// <summary>Remembers what is to be undone of an action that has settled.</summary>
    private void RememberForUndo(int action, ActionStatus status)
    {
        if (status == ActionStatus.Completed)
        {
            _undo!.Add((action, Iteration, null, null));
        }
        else if (_elements is not null && _plan.Graph.Actions[action].ForEach >= 0)
        {
            RememberElements(action);
        }
    }

    private void RememberElements(int action)
    {
        var completed = _elements![action] is { } elements ? elements.Completed : _recorder?.CompletedElements(action, Iteration);
        _elements[action] = null;
        if (completed is { Length: > 0 })
        {
            _undo!.Add((action, Iteration, null, completed));
        }
    }

    /// <summary>
    /// Remembers the elements of what never settled: a for-each that was cut short by another worker's end, or that a session has left behind while
    /// it waits for children.
    /// </summary>
    private void RememberCutElements()
    {
        if (_elements is null)
        {
            return;
        }

        for (var action = 0; action < _elements.Length; action++)
        {
            if (_plan.IsCompensated[action]
                && _plan.Graph.Actions[action].ForEach >= 0
                && Statuses[action] != ActionStatus.Completed
                && !_undo!.Exists(done => done.Action == action && done.Iteration == Iteration))
            {
                RememberElements(action);
            }
        }
    }
}
