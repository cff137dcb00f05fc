namespace AgentFlow.CompilerServices;

/// <summary>
/// What stands of a for-each that has not completed: the elements that have. Undoing the run undoes them, as it undoes an action that has completed.
/// </summary>
public abstract partial class AgentRun
{
    /// <summary>The elements of each for-each with a compensation that is at work, or has ended without completing; null if the agent has none.</summary>
    private readonly IElements?[]? _elements;

    /// <summary>How much there was to undo when an element of an action was last read from the journal.</summary>
    private int[]? _elementsAt;

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

    /// <summary>An element is read from the journal: what settled before it is undone after it.</summary>
    internal void MarkElement(int action)
    {
        if (_elements is not null)
        {
            (_elementsAt ??= new int[_plan.Count])[action] = _undo!.Count;
        }
    }

    /// <summary>Remembers what is to be undone of an action that has settled.</summary>
    private void RememberForUndo(int action, ActionStatus status)
    {
        if (status == ActionStatus.Completed)
        {
            _undo!.Add((action, Iteration, null, null));
        }
        else if (_elements is not null && TakeElements(action) is { } completed)
        {
            _undo!.Add((action, Iteration, null, completed));
        }
    }

    /// <summary>The values of the elements that have completed; null if there are none.</summary>
    private Array? TakeElements(int action)
    {
        if (_plan.Graph.Actions[action].ForEach < 0)
        {
            return null;
        }

        var completed = _elements![action] is { } elements ? elements.Completed : _recorder?.CompletedElements(action, Iteration);
        _elements[action] = null;
        return completed is { Length: > 0 } ? completed : null;
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

        var first = _undo!.FindIndex(done => done.Iteration == Iteration);
        var cut = new List<(int At, int Action, Array Completed)>();
        for (var action = 0; action < _elements.Length; action++)
        {
            var isOpen = _plan.IsCompensated[action] && Statuses[action] != ActionStatus.Completed && !_undo.Exists(done => done.Action == action && done.Iteration == Iteration);
            var isLive = _elements[action] is not null;
            if (isOpen && TakeElements(action) is { } completed)
            {
                var at = isLive || first < 0 || _elementsAt is null ? _undo.Count : Math.Clamp(_elementsAt[action], first, _undo.Count);
                cut.Add((at, action, completed));
            }
        }

        // The last first, so that the places of the others stay what they are.
        foreach (var (at, action, completed) in cut.OrderByDescending(static c => c.At))
        {
            _undo.Insert(at, (action, Iteration, null, completed));
        }
    }
}
