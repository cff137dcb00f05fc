using System.Runtime.CompilerServices;

namespace AgentFlow.CompilerServices;

public abstract partial class AgentRun
{
    /// <summary>Goes on with what the fast lane has left: every action before a place in it has settled, the one there has not started.</summary>
    /// <param name="place">The place in the lane; 0 to start from the beginning.</param>
    protected void GoOn(int place)
    {
        if (CanCountDown)
        {
            CountDownFrom(place);
            return;
        }

        Adopt(place);
        Advance(None, default, null, entering: false);
    }

    /// <summary>Goes on with what the fast lane has left: the action at a place in it is pending.</summary>
    /// <typeparam name="TAwaiter">The awaiter.</typeparam>
    /// <param name="place">The place in the lane.</param>
    /// <param name="awaiter">The awaiter of what the action has returned; the run holds it too.</param>
    protected void GoOn<TAwaiter>(int place, TAwaiter awaiter)
        where TAwaiter : ICriticalNotifyCompletion
    {
        var action = _plan.Lane[place];
        if (CanCountDown)
        {
            CountDownFrom(place, awaiter);
            return;
        }

        Adopt(place);
        MarkStarted(action);
        awaiter.UnsafeOnCompleted(Continuation(action));
        Advance(None, default, null, entering: false);
    }

    /// <summary>Goes on with what the fast lane has left: the action at a place in it has ended, and the run holds its awaiter.</summary>
    /// <param name="place">The place in the lane.</param>
    protected void GoOnEnded(int place)
    {
        var action = _plan.Lane[place];
        if (CanCountDown)
        {
            CountDownFromEnded(place);
            return;
        }

        Adopt(place);
        MarkStarted(action);
        var error = TryComplete(action);
        Advance(action, StatusAfter(error), error, entering: false);
    }

    /// <summary>Goes on with what the fast lane has left: the action at a place in it has failed; at the end of the lane, the predicate that ends the loop.</summary>
    /// <param name="place">The place in the lane.</param>
    /// <param name="error">What it threw.</param>
    protected void GoOnFailed(int place, Exception error)
    {
        Adopt(place);
        if (place == _plan.Count)
        {
            FailUntil(error);
            _resting = true;
            Finish();
            return;
        }

        var action = _plan.Lane[place];
        MarkStarted(action);
        Advance(action, ActionStatus.Failed, error, entering: false);
    }

    /// <summary>Goes on with what the fast lane has left: the last iteration has settled and the predicate does not hold.</summary>
    protected void GoOnAtLimit()
    {
        Adopt(_plan.Count);
        _resting = true;
        _stop = StopReason.LimitReached;
        Finish();
    }

    /// <summary>Lays out the scheduler's state for an iteration of which the fast lane has settled a prefix. The caller becomes a drainer.</summary>
    private void Adopt(int place)
    {
        _context = ExecutionContext.Capture();
        lock (_gate)
        {
            LayOut();
            _inLane = false;
            _drainers = 1;
            var statuses = Statuses;
            for (var i = 0; i < place; i++)
            {
                var action = _plan.Lane[i];
                if (_plan.Mode[action] != ActionMode.FireAndForget)
                {
                    _running++;
                }

                Settle(action, statuses[action] == ActionStatus.Skipped ? ActionStatus.Skipped : ActionStatus.Completed, null);
                ClearReady(action);
            }

            if (place == 0)
            {
                ObserveIterationStart();
            }
        }

        if (_plan.Timeout > TimeSpan.Zero)
        {
            ArmTimeout();
        }
    }

    private void LayOut()
    {
        _plan.Waiting.CopyTo(_waiting, 0);
        _plan.FirstReady.CopyTo(_ready, 0);
        _winner.AsSpan().Fill(None);
        for (var g = 0; g < _groupLeft.Length; g++)
        {
            _groupLeft[g] = _plan.Groups[g].Sources.Length;
        }

        _running = 0;
        _unsettled = _plan.Count;
        _exclusive = false;
        _hasAbsent = false;
        _told?.Clear();
        _delaysOver?.AsSpan().Clear();
        _resting = false;
        _lost?.AsSpan().Clear();
        _waits?.AsSpan().Clear();
        if (_plan.Waves)
        {
            LayOutWaves();
        }
    }

    /// <summary>In waves, every action but those of the first waits for one settlement more: that of the whole wave before.</summary>
    private void LayOutWaves()
    {
        _waveLeft.AsSpan().Clear();
        _openWave = 0;
        var wave = _plan.Graph.WaveOf;
        for (var action = 0; action < _waiting.Length; action++)
        {
            _waveLeft[wave[action]]++;
            if (wave[action] > 0)
            {
                _waiting[action]++;
            }
        }
    }
}
