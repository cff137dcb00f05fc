using System.Numerics;
using System.Runtime.CompilerServices;

namespace AgentFlow.CompilerServices;

public abstract partial class AgentRun
{
    /// <summary>What goes on with the run when an action that is pending has ended.</summary>
    /// <param name="action">The action.</param>
    /// <returns>The delegate, made once for each action and kept with the run.</returns>
    protected Action Continuation(int action) => _continuations[action] ?? MakeContinuation(action);

    /// <summary>Which source won a group of alternatives.</summary>
    /// <param name="group">The group's number.</param>
    /// <returns>The action, or -1 if none completed.</returns>
    protected int WinnerOf(int group) => _winner[group];

    internal void Attempted(int action, int attempt) => _attempts[action] = attempt;

    private void MarkStarted(int action)
    {
        lock (_gate)
        {
            ClearReady(action);
            Begin(action);
        }
    }

    private void Begin(int action)
    {
        Statuses[action] = ActionStatus.Running;
        if (_plan.Mode[action] != ActionMode.FireAndForget)
        {
            _running++;
        }

        _exclusive |= _plan.Mode[action] == ActionMode.Sync;
    }

    /// <summary>
    /// Settles an action, if one is given, then starts whatever is ready, in a loop, so that a chain of any length does not deepen the
    /// stack. The thread that leaves last when nothing is under way brings the run to its end.
    /// </summary>
    private void Advance(int settled, ActionStatus status, Exception? error, bool entering)
    {
        while (true)
        {
            int next;
            bool cancel;
            var rest = false;
            var waits = false;
            var leaving = false;
            CancellationTokenSource? loser = null;
            lock (_gate)
            {
                if (entering)
                {
                    _drainers++;
                    entering = false;
                }

                var before = _stop;
                if (settled >= 0)
                {
                    Settle(settled, status, error);
                }

                if (_plan.Groups.Length > 0 || _plan.EndsDelays)
                {
                    loser = TakeLoser();
                }

                next = loser is null ? Take() : None;
                cancel = before == StopReason.None && _stop != StopReason.None;
                if (next >= 0 && FirstReady() < 0 && _plan.Mode[next] != ActionMode.FireAndForget && _recorder is null)
                {
                    // The last one to start: if it is pending there is nothing to come back for, and the run may be gone by then.
                    _drainers--;
                    leaving = true;
                }

                if (next < 0 && !cancel && loser is null)
                {
                    _drainers--;
                    rest = !_resting && _drainers == 0 && _running == _suspended && (_stop != StopReason.None || _unsettled == 0 || IsWaiting);
                    _resting |= rest;
                    waits = rest && _recorder is not null && _stop == StopReason.None && _unsettled > 0;
                    _isWaiting |= waits;
                    if (!rest)
                    {
                        return;
                    }
                }
            }

            settled = None;
            if (waits)
            {
                _recorder!.OnRested();
                return;
            }

            if (rest)
            {
                if (!TryBeginNextIteration())
                {
                    return;
                }

                continue;
            }

            if (loser is not null)
            {
                CancelLoser(loser);
            }

            if (cancel)
            {
                CancelToken();
            }

            if (next >= 0 && _recorder is not null)
            {
                ExecuteRecorded(next);
                continue;
            }

            if (next >= 0)
            {
                if (!TryExecute(next, out status, out error))
                {
                    if (leaving)
                    {
                        return;
                    }

                    continue;
                }

                settled = next;
                entering = leaving;
            }
        }
    }

    /// <summary>Runs an action as far as it goes on this thread.</summary>
    /// <returns>Whether it has settled; if not, the run may be gone by now.</returns>
    private bool TryExecute(int action, out ActionStatus status, out Exception? error)
    {
        status = ActionStatus.Completed;
        error = null;
        var isTraced = _telemetry is not null;
        var activity = isTraced ? System.Diagnostics.Activity.Current : null;
        try
        {
            if (_plan.IsConditional[action] && _recorder is null && !IsWanted(action))
            {
                status = ActionStatus.Skipped;
                return true;
            }

            if (_isObserved)
            {
                ObserveStart(action);
            }

            if (Start(action) == StepResult.Pending)
            {
                status = ActionStatus.Running;
            }
        }
        catch (Exception e)
        {
            status = ActionStatus.Failed;
            error = e;
        }

        if (isTraced)
        {
            System.Diagnostics.Activity.Current = activity;
        }

        return status != ActionStatus.Running;
    }

    /// <summary>Whether all that can be done now is to wait for the outside world, a time, or the end of a pause.</summary>
    private bool IsWaiting => _forgotten == 0 && (_held || (_suspended > 0 && FirstReady() < 0));

    /// <summary>Apart from its caller, which would otherwise allocate the closure each time.</summary>
    private Action MakeContinuation(int action) => _continuations[action] = () => OnCompleted(action);

    /// <summary>An action that was pending has ended, on whatever thread that happened.</summary>
    private void OnCompleted(int action)
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            // Users' code completes one action inside another's, over and over: go on with a fresh stack.
            ThreadPool.UnsafeQueueUserWorkItem(static at => at.Run.OnCompleted(at.Action), (Run: this, Action: action), preferLocal: false);
            return;
        }

        var error = TryComplete(action);
        if (_wasRecorded)
        {
            ReleaseBody();

            // Without a recorder its session has left, and nothing of the run counts any more.
            _recorder?.Record(action, error is null ? ActionStatus.Completed : ActionStatus.Failed, error);
            return;
        }

        AdvanceInContext(action, error, entering: true);
    }

    /// <summary>Takes the result of an action that was pending into the state.</summary>
    /// <returns>What it threw, if it has failed.</returns>
    private Exception? TryComplete(int action)
    {
        try
        {
            Complete(action);
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
    }

    /// <summary>Continues in the run's execution context, on a thread that may have another.</summary>
    private void AdvanceInContext(int settled, Exception? error, bool entering)
    {
        var ambient = ExecutionContext.Capture();
        if (_context is null || ReferenceEquals(ambient, _context))
        {
            AdvanceAfter(settled, error, entering);
        }
        else if (ambient is null)
        {
            // The thread has a context that it does not let flow.
            AdvanceInContext(settled, error, entering, _context);
        }
        else
        {
            AdvanceInContext(settled, error, entering, ambient, _context);
        }
    }

    private void AdvanceInContext(int settled, Exception? error, bool entering, ExecutionContext own) =>
        ExecutionContext.Run(own, _ => AdvanceAfter(settled, error, entering), null);

    private void AdvanceInContext(int settled, Exception? error, bool entering, ExecutionContext ambient, ExecutionContext own)
    {
        ExecutionContext.Restore(own);
        try
        {
            AdvanceAfter(settled, error, entering);
        }
        finally
        {
            ExecutionContext.Restore(ambient);
        }
    }

    private void AdvanceAfter(int settled, Exception? error, bool entering)
    {
        if (_countsDown)
        {
            AdvanceCountdown(settled, error, isHandOver: false);
        }
        else
        {
            Advance(settled, StatusAfter(error), error, entering);
        }
    }

    private static ActionStatus StatusAfter(Exception? error) => error is null ? ActionStatus.Completed : ActionStatus.Failed;

    /// <summary>Picks the action to start now, settling those that cannot run.</summary>
    private int Take()
    {
        while (true)
        {
            if (_stop == StopReason.None && _callerToken.IsCancellationRequested)
            {
                _stop = StopReason.Canceled;
            }

            if (_stop != StopReason.None || _exclusive || _held || IsThrottled)
            {
                return None;
            }

            var action = FirstReady();
            if (action < 0)
            {
                return None;
            }

            var mode = _plan.Mode[action];
            var forgotten = mode == ActionMode.FireAndForget;
            var busy = _running - _suspended;
            if (!forgotten && busy > 0 && (mode == ActionMode.Sync || busy >= _plan.MaxRunning))
            {
                return None;
            }

            ClearReady(action);
            var fate = _hasAbsent ? Resolve(action) : ActionStatus.Running;
            if (fate != ActionStatus.Running)
            {
                if (!forgotten)
                {
                    _running++;
                }

                Settle(action, fate, null);
                continue;
            }

            if (_plan.ActionBudget > 0 && !IsDue(action) && !TrySpendAction())
            {
                return None;
            }

            Begin(action);
            return action;
        }
    }

    /// <summary>Whether an action whose dependencies have settled can run, or is skipped or blocked by one without a value.</summary>
    private ActionStatus Resolve(int action)
    {
        if (_lost is not null && _lost[action])
        {
            return ActionStatus.Skipped;
        }

        return _plan.Resolve(action, Statuses);
    }

    private int FirstReady()
    {
        for (var word = 0; word < _ready.Length; word++)
        {
            if (_ready[word] != 0)
            {
                return _plan.ByRank[(word * 64) + BitOperations.TrailingZeroCount(_ready[word])];
            }
        }

        return None;
    }

    private void SetReady(int action)
    {
        var rank = _plan.RankOf[action];
        _ready[rank >> 6] |= 1UL << rank;
    }

    private void ClearReady(int action)
    {
        var rank = _plan.RankOf[action];
        _ready[rank >> 6] &= ~(1UL << rank);
    }
}
