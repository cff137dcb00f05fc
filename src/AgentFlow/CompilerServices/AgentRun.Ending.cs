namespace AgentFlow.CompilerServices;

public abstract partial class AgentRun
{
    private ITimer? _timer;
    private TimeProvider? _timerProvider;

    /// <summary>When the run was timed from, and whether it is. Guarded by the gate.</summary>
    private long _timeoutStarted;
    private bool _isTimed;

    /// <summary>Records a failure under the gate and says what the action counts as.</summary>
    private ActionStatus Fail(int action, Exception error)
    {
        if (_lost is not null && _lost[action])
        {
            return ActionStatus.Skipped;
        }

        if (error is OperationCanceledException)
        {
            if (_stop == StopReason.None && _callerToken.IsCancellationRequested)
            {
                _stop = StopReason.Canceled;
            }

            if (_stop != StopReason.None)
            {
                return ActionStatus.Skipped;
            }
        }

        if (_plan.Mode[action] == ActionMode.FireAndForget)
        {
            return ActionStatus.Skipped;
        }

        var failure = ToFailure(action, error);
        Tell(failure);
        if (_plan.IsOptional[action])
        {
            return ActionStatus.Skipped;
        }

        AgentTelemetry.ActionFailed(_plan.Graph.Name, GetType(), _plan.NameOf(action), error);
        AddFailure(failure);
        if (!_plan.ContinueOnFailure && _stop == StopReason.None)
        {
            _stop = StopReason.Failed;
        }

        return ActionStatus.Failed;
    }

    /// <summary>Keeps a failure; of an agent that goes on after failures, and loops, only the first ones.</summary>
    private void AddFailure(ActionFailedException failure)
    {
        _failures ??= [];
        if (_failures.Count < ActionFailedException.MaxFailures)
        {
            _failures.Add(failure);
        }
    }

    private void FailUntil(Exception error)
    {
        AddFailure(new ActionFailedException(_plan.Graph.Name, "[Until]", 1, Iteration, error));
        _stop = StopReason.Failed;
    }

    private ActionFailedException ToFailure(int action, Exception error) =>
        new(_plan.Graph.Name, _plan.NameOf(action), Math.Max(1, _attempts[action]), Iteration, error);

    /// <summary>What follows when an iteration has come to rest. Only one thread is here, and no action is under way.</summary>
    /// <returns>Whether another iteration has begun; otherwise the run has ended and must not be touched.</returns>
    private bool TryBeginNextIteration()
    {
        lock (_gate)
        {
            ObserveIterationEnd();
            if (_stop == StopReason.None && _plan.Loops)
            {
                _stop = _failures is not null && IsUntilBlocked() ? StopReason.Failed : StopReason.None;
                _isDeciding = _stop == StopReason.None;
            }
        }

        if (_isDeciding && TryDecideOnNextIteration())
        {
            return true;
        }

        Finish();
        return false;
    }

    /// <summary>Asks whether the agent is done and, if it is not, begins the next iteration. The run may be stopped meanwhile.</summary>
    private bool TryDecideOnNextIteration()
    {
        var done = true;
        Exception? error = null;
        try
        {
            done = IsDone();
        }
        catch (Exception e)
        {
            error = e;
        }

        lock (_gate)
        {
            _isDeciding = false;
            if (_stop != StopReason.None)
            {
                return false;
            }

            if (error is not null)
            {
                FailUntil(error);
                return false;
            }

            if (!done && Iteration >= _plan.Graph.MaxIterations)
            {
                _stop = StopReason.LimitReached;
            }

            if (done || _stop != StopReason.None)
            {
                return false;
            }

            KeepStateForUndo();
            BeginNextIteration();
            LayOut();
            _drainers = 1;
            ObserveIterationStart();
            return true;
        }
    }

    /// <summary>The next iteration overwrites the outputs that undoing this one's actions needs.</summary>
    private void KeepStateForUndo()
    {
        object? state = null;
        for (var i = (_undo?.Count ?? 0) - 1; i >= 0 && _undo![i].State is null; i--)
        {
            _undo[i] = _undo[i] with { State = state ??= GetState() };
        }
    }

    private bool IsUntilBlocked()
    {
        foreach (var action in _plan.UntilSources)
        {
            if (Statuses[action] is ActionStatus.Failed or ActionStatus.Blocked)
            {
                return true;
            }
        }

        return false;
    }

    private void Finish()
    {
        var error = GetError();
        if (_recorder is not null)
        {
            _recorder.OnEnded(error);
            return;
        }

        if (error is not null && _undo is { Count: > 0 })
        {
            UndoThenEnd(error);
            return;
        }

        End(error);
    }

    private Exception? GetError() => _stop switch
    {
        StopReason.Canceled => new OperationCanceledException($"The run of agent '{_plan.Graph.Name}' was cancelled.", _callerToken),
        StopReason.TimedOut or StopReason.OverBudget => _stopError,
        StopReason.LimitReached when !_plan.ReturnLastOnLimit => new IterationLimitException(_plan.Graph.Name, Iteration, GetState()),
        StopReason.Failed when _failures is not null => GetFailure(),
        _ when _failures is not null && (_plan.Result < 0 || Statuses[_plan.Result] is ActionStatus.Failed or ActionStatus.Blocked) => GetFailure(),
        _ => GetMissingResult(),
    };

    private InvalidOperationException? GetMissingResult() => _plan.NeedsResult && Statuses[_plan.Result] == ActionStatus.Skipped
        ? new InvalidOperationException($"The result action '{_plan.NameOf(_plan.Result)}' of agent '{_plan.Graph.Name}' was skipped: none of the branches that lead to it ran. Make its return type nullable, or the conditions exhaustive.")
        : null;

    private ActionFailedException GetFailure()
    {
        var first = _failures![0];
        if (_failures.Count > 1)
        {
            first.Failures = [.. _failures];
        }

        return first;
    }

    /// <summary>Undoes what was done, last first. One that fails does not keep the others from being undone.</summary>
    private async void UndoThenEnd(Exception error) => End(await UndoAsync(error).ConfigureAwait(false));

    private async ValueTask<Exception> UndoAsync(Exception error)
    {
        List<ActionFailedException>? failures = null;
        for (var i = _undo!.Count - 1; i >= 0; i--)
        {
            var (action, iteration, state, elements) = _undo[i];
            if (_recorder?.IsUndone(action, iteration) == true)
            {
                continue;
            }

            if (state is not null)
            {
                SetState(state);
            }

            try
            {
                if (elements is not null)
                {
                    SetElements(action, elements);
                }

                await Undo(action).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                (failures ??= []).Add(ToFailure(action, e));
                continue;
            }
            finally
            {
                // To whatever else is undone it is absent.
                if (elements is not null)
                {
                    SetElements(action, null);
                }
            }

            if (_recorder is not null)
            {
                await _recorder.RecordUndoneAsync(action, iteration).ConfigureAwait(false);
            }
        }

        return failures is null ? error : AddCompensationFailures(error, failures);
    }

    private OperationCanceledException Canceled(Exception inner) =>
        new($"The run of agent '{_plan.Graph.Name}' was cancelled, and undoing what it had done failed.", inner, _callerToken);

    private Exception AddCompensationFailures(Exception error, List<ActionFailedException> failures)
    {
        if (error is ActionFailedException failed)
        {
            failed.CompensationFailures = failures;
            return failed;
        }

        failures[0].Failures = failures;
        return error is OperationCanceledException ? Canceled(failures[0]) : new AggregateException([error, .. failures]);
    }

    /// <summary>Ends the run. Its awaiter goes on inside <see cref="Publish"/> and may use the run again: nothing is touched afterwards.</summary>
    private void End(Exception? error)
    {
        if (_isTimed)
        {
            lock (_gate)
            {
                _isTimed = false;
            }

            _timer!.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        if (_scope is not null || _plan.HasForgotten || _plan.GivesContexts)
        {
            var leaving = LeaveServicesAsync();
            if (!leaving.IsCompletedSuccessfully)
            {
                EndAfter(leaving, error);
                return;
            }
        }

        ReportFailures();
        ObserveEnd(error);
        Publish(error);
    }

    /// <summary>Ends the run once its services are disposed. If they throw, a run that has not failed fails with that.</summary>
    private async void EndAfter(ValueTask leaving, Exception? error)
    {
        try
        {
            await leaving.ConfigureAwait(false);
        }
        catch (Exception e)
        {
            error ??= e;
        }

        ReportFailures();
        ObserveEnd(error);
        Publish(error);
    }

    private void OnCallerCanceled() => Stop(StopReason.Canceled, null);

    /// <summary>Stops the run from outside its own threads.</summary>
    private void Stop(StopReason reason, Exception? error)
    {
        bool inLane;
        lock (_gate)
        {
            if (!TryStop(reason, error, out inLane))
            {
                return;
            }
        }

        FollowStop(inLane);
    }

    /// <summary>Stops the run, unless it has ended or was stopped. Under the gate, in the same section in which it was found to be the right one.</summary>
    /// <returns>Whether <see cref="FollowStop"/> is to be called, outside the gate.</returns>
    private bool TryStop(StopReason reason, Exception? error, out bool inLane)
    {
        inLane = _inLane;
        if (_stop != StopReason.None || (_resting && !_isDeciding) || (!_inLane && !_isDeciding && !TryEnter()))
        {
            return false;
        }

        _stop = reason;
        _stopError = error;

        // The thread that decides what follows sees it.
        return !_isDeciding;
    }

    /// <summary>Cancels the token of a run that was stopped, and brings it to its end if nothing is under way.</summary>
    private void FollowStop(bool inLane)
    {
        CancelToken();
        if (inLane)
        {
            return;
        }

        if (_countsDown)
        {
            ReleaseClaim();
        }
        else
        {
            AdvanceInContext(None, null, entering: false);
        }
    }

    /// <summary>Keeps the run from ending while this thread stops it. Called under the gate.</summary>
    private bool TryEnter()
    {
        if (_countsDown)
        {
            return TryClaim();
        }

        _drainers++;
        return true;
    }

    private void CancelToken() => Cancel(_ownToken);

    private void Cancel(CancellationTokenSource? source)
    {
        try
        {
            source?.Cancel();
        }
        catch (AggregateException e)
        {
            // A callback that a user registered on the token threw; the run is ending anyway, and nothing may be lost.
            lock (_gate)
            {
                foreach (var inner in e.InnerExceptions)
                {
                    AddFailure(new ActionFailedException(_plan.Graph.Name, "cancellation callback", 1, Math.Max(1, Iteration), inner));
                }
            }
        }
    }

    private void ArmTimeout()
    {
        var clock = _options.TimeProvider;
        lock (_gate)
        {
            _timeoutStarted = clock.GetTimestamp();
            _isTimed = true;
        }

        if (_timer is null || !ReferenceEquals(_timerProvider, clock))
        {
            _timer?.Dispose();
            _timerProvider = clock;
            _timer = Detached.CreateTimer(clock, static run => ((AgentRun)run!).OnTimeout(), this);
        }

        _timer.Change(TimerSpan.For(_plan.Timeout), Timeout.InfiniteTimeSpan);
    }

    /// <summary>
    /// A timer may fire late, when the run it was armed for has ended, or a little early: what counts is whether the run that is here now is due.
    /// </summary>
    private void OnTimeout()
    {
        bool inLane;
        lock (_gate)
        {
            if (!_isTimed)
            {
                return;
            }

            var left = _plan.Timeout - _options.TimeProvider.GetElapsedTime(_timeoutStarted);
            if (left > TimeSpan.Zero)
            {
                _timer!.Change(TimerSpan.For(left), Timeout.InfiniteTimeSpan);
                return;
            }

            if (!TryStop(StopReason.TimedOut, new TimeoutException($"Agent '{_plan.Graph.Name}' did not finish within {_plan.Timeout:c}."), out inLane))
            {
                return;
            }
        }

        FollowStop(inLane);
    }
}
