namespace AgentFlow;

/// <summary>How a session ends here: undone if it must be, recorded, and let go.</summary>
internal sealed partial class SessionRun
{
    private async Task EndAsync(Exception? error)
    {
        var mustUndo = error is not null && !IsBroken && _run.MustUndo();
        if (mustUndo)
        {
            await RecordEndingAsync(error!).ConfigureAwait(false);
        }

        if (error is not null && !IsBroken)
        {
            await CancelChildrenAsync().ConfigureAwait(false);
        }

        if (mustUndo && !IsBroken)
        {
            try
            {
                error = await _run.UndoRecordedAsync(error!).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (IsBroken)
            {
            }
        }

        // Before the end is recorded: whoever is told of it finds nothing of the session still at work.
        await _run.LeaveServicesAsync(OnServicesFailed).ConfigureAwait(false);
        if (IsBroken)
        {
            Leave();
            return;
        }

        var state = error switch
        {
            null => SessionState.Completed,
            OperationCanceledException => SessionState.Cancelled,
            _ => SessionState.Failed,
        };
        var result = error is null && _run.Plan.Result >= 0 ? _run.OutputOf(_run.Plan.Result) : null;
        lock (_gate)
        {
            _isResting = true;
        }

        Enqueue(new Entry { Record = _codec.StateChanged(state, Owner, error), State = state, Ends = new SessionRest(state, result, error) { Usage = _run.Usage }, Flushes = true });
    }

    /// <summary>
    /// Records why the session ends before anything is undone. If its process dies meanwhile, another one goes on undoing, and never completes what
    /// is undone in part.
    /// </summary>
    private async Task RecordEndingAsync(Exception error)
    {
        if (_run.HasStopped && _history.StoppedBy is null)
        {
            await RecordAsync(_codec.Stopped(error)).ConfigureAwait(false);
        }
        else if (Durability != Durability.Step)
        {
            await FlushAsync().ConfigureAwait(false);
        }
    }

    /// <summary>The session is no longer at work here.</summary>
    private void Leave(SessionRest? rest = null)
    {
        bool isLeftBehind;
        lock (_gate)
        {
            if (_hasLeft)
            {
                return;
            }

            _hasLeft = true;
            _isLeaving = true;
            isLeftBehind = _leftBehind.Count > 0;
        }

        rest ??= new SessionRest(_state, null, _broken);
        StopTimers();
        var leaving = _run.LeaveServicesAsync(OnServicesFailed);
        if (leaving.IsCompletedSuccessfully)
        {
            Left(rest, isLeftBehind);
        }
        else
        {
            Watch(LeftAsync(leaving, rest, isLeftBehind));
        }
    }

    private async Task LeftAsync(ValueTask leaving, SessionRest rest, bool isLeftBehind)
    {
        await leaving.ConfigureAwait(false);
        Left(rest, isLeftBehind);
    }

    private void OnServicesFailed(Exception error)
    {
        AgentTelemetry.ServicesFailed(Agent, error);
        RuntimeLog.ServicesFailed(_runtime.Log, Session, Agent, error);
    }

    private void Left(SessionRest rest, bool isLeftBehind)
    {
        _run.LetGo();
        if (isLeftBehind)
        {
            _run.CancelLeftBehind();
        }

        _runtime.Left(this, rest);
        _rest.TrySetResult(rest);
    }
}
