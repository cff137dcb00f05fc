namespace AgentFlow.CompilerServices;

/// <summary>Everything that has failed in the iteration at hand, whether the run fails with it or goes on without it.</summary>
public abstract partial class AgentRun
{
    /// <summary>
    /// In the order in which it happened: actions, optional ones among them, and elements of those that allow partial failure. Guarded by
    /// the gate.
    /// </summary>
    private List<ActionFailedException>? _told;

    /// <summary>What has failed in the iteration at hand, the first first.</summary>
    internal IReadOnlyList<ActionFailedException> Failures
    {
        get
        {
            lock (_gate)
            {
                return _told is { Count: > 0 } told ? [.. told] : [];
            }
        }
    }

    /// <summary>The elements of an action that have failed and were left out, in the order of the elements.</summary>
    internal IReadOnlyList<ActionFailedException> ElementFailuresOf(int action)
    {
        lock (_gate)
        {
            var name = _plan.NameOf(action);
            return _told is null ? [] : [.. _told.Where(failure => failure.Item is not null && failure.Action == name).OrderBy(static failure => failure.Item)];
        }
    }

    /// <summary>Takes note of an element that is left out.</summary>
    internal void TellElementFailure(int action, int iteration, int item, Exception error)
    {
        lock (_gate)
        {
            // What is let go may outlive its iteration.
            if (iteration == Iteration)
            {
                Tell(new(_plan.Graph.Name, _plan.NameOf(action), Math.Max(1, _attempts[action]), iteration, error, item));
            }
        }
    }

    /// <summary>Keeps a failure for those who ask; not more than the first ones. Under the gate.</summary>
    private void Tell(ActionFailedException failure)
    {
        _told ??= [];
        if (_told.Count < ActionFailedException.MaxFailures)
        {
            _told.Add(failure);
        }
    }

    /// <summary>Passes the failures to the caller of <c>TryRunAsync</c>.</summary>
    private void ReportFailures()
    {
        if (_told is { Count: > 0 } && _options.FailuresTold is { } sink)
        {
            sink(Failures);
        }
    }
}
