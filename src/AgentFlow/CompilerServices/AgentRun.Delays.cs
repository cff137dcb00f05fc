namespace AgentFlow.CompilerServices;

/// <summary>Delays, and those that end when another action settles: what waits then is skipped, as if it had lost a race.</summary>
public abstract partial class AgentRun
{
    /// <summary>Outside sessions the delays under way that another action ends, and which of those are over. Guarded by the gate.</summary>
    private CancellationTokenSource?[]? _delays;
    private bool[]? _delaysOver;

    /// <summary>Waits for the time of an action, outside sessions.</summary>
    /// <exception cref="OperationCanceledException">The run was cancelled, or what ends the delay has settled.</exception>
    internal Task DelayAsync(int action, TimeSpan delay, CancellationToken cancellationToken) => _plan.Graph.Actions[action].DelayUnless < 0
        ? TimerSpan.DelayAsync(delay, _options.TimeProvider, cancellationToken)
        : DelayUnlessAsync(action, delay, cancellationToken);

    private async Task DelayUnlessAsync(int action, TimeSpan delay, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        lock (_gate)
        {
            ThrowIfEnded(action);
            (_delays ??= new CancellationTokenSource?[_plan.Count])[action] = ending;
        }

        try
        {
            await TimerSpan.DelayAsync(delay, _options.TimeProvider, ending.Token).ConfigureAwait(false);
        }
        finally
        {
            lock (_gate)
            {
                _delays[action] = null;
                _losersToCancel?.Remove(ending);
            }
        }

        lock (_gate)
        {
            ThrowIfEnded(action);
            (_delaysOver ??= new bool[_plan.Count])[action] = true;
        }
    }

    private void ThrowIfEnded(int action)
    {
        if (_lost is not null && _lost[action])
        {
            throw new OperationCanceledException("What ends the delay has settled.");
        }
    }

    /// <summary>An action has settled: the delays that it ends are over for good. Under the gate.</summary>
    private void EndDelays(int settled)
    {
        foreach (var action in _plan.DelaysEndedBy![settled])
        {
            EndDelay(action);
        }
    }

    private void EndDelay(int action)
    {
        if (Statuses[action] > ActionStatus.Running || IsDelayOver(action))
        {
            return;
        }

        (_lost ??= new bool[_plan.Count])[action] = true;
        _hasAbsent = true;
        StopWaiting(action);
        if (_delays?[action] is { } delay)
        {
            (_losersToCancel ??= []).Add(delay);
        }
    }

    /// <summary>Whether an action has begun, or is about to, because its time is over. Under the gate.</summary>
    private bool IsDelayOver(int action)
    {
        if (_recorder is null)
        {
            return _delaysOver is not null && _delaysOver[action];
        }

        // One that is chosen and does not wait yet is looked at again when it does.
        return _waits![action] is WaitState.Taken or WaitState.Due
            || (_waits[action] == WaitState.None && Statuses[action] == ActionStatus.Running)
            || _recorder.HasTimerFired(action);
    }

    /// <summary>An action begins to wait for its time, and what ends that may have settled since it was chosen. Under the gate.</summary>
    private void EndDelayIfSettled(int action)
    {
        if (_plan.Graph.Actions[action].DelayUnless is >= 0 and var purpose && Statuses[purpose] > ActionStatus.Running)
        {
            EndDelay(action);
        }
    }

    private void ResetDelays()
    {
        _delays?.AsSpan().Clear();
        _delaysOver?.AsSpan().Clear();
    }
}
