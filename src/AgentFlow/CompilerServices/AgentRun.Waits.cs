namespace AgentFlow.CompilerServices;

/// <summary>Actions of a session that have been chosen to start, and first wait for a signal or for their time.</summary>
public abstract partial class AgentRun
{
    /// <summary>
    /// Actions that wait; each is part of <see cref="_running"/>, so that the iteration does not end without it, but takes no place from those
    /// that run. Guarded by the gate, as all below.
    /// </summary>
    private int _suspended;

    /// <summary>How far each action has waited. Null outside sessions.</summary>
    private WaitState[]? _waits;

    /// <summary>Fire-and-forget actions of a session whose end is not recorded: the session does not rest before it is.</summary>
    private int _forgotten;

    private enum WaitState : byte
    {
        None,

        /// <summary>It waits: the run may rest.</summary>
        Suspended,

        /// <summary>What it waited for has come and is being recorded: the run may neither rest nor end.</summary>
        Taken,

        /// <summary>Its time is over, so it is ready: its condition and the budget were asked when it was first chosen.</summary>
        Due,
    }

    /// <summary>Counts an action as waiting. The recorder calls it before it waits for anything, so that nothing can come between.</summary>
    internal void Suspend(int action)
    {
        lock (_gate)
        {
            if (_waits![action] == WaitState.Suspended)
            {
                return;
            }

            _running += _waits[action] != WaitState.Taken && IsForgotten(action) ? 1 : 0;
            _waits[action] = WaitState.Suspended;
            _suspended++;
            if (_plan.Mode[action] == ActionMode.Sync)
            {
                // It runs alone, but it waits beside the others.
                _exclusive = false;
            }

            EndDelayIfSettled(action);
        }
    }

    /// <summary>
    /// Ends the waiting of an action, because what it waits for has come. From then on the run does not rest or end until that is recorded and
    /// <see cref="SettleRecorded"/> or <see cref="StartDue"/> is called.
    /// </summary>
    /// <param name="recorder">Who asks.</param>
    /// <param name="action">The action.</param>
    /// <returns>False if it no longer waits: it has lost a race, or the run has ended.</returns>
    internal bool TryTake(RunRecorder recorder, int action)
    {
        lock (_gate)
        {
            if (!Accepts(recorder) || _waits![action] != WaitState.Suspended)
            {
                return false;
            }

            _waits[action] = WaitState.Taken;
            _suspended--;
            Stir();
            return true;
        }
    }

    /// <summary>Whether an action waits.</summary>
    internal bool IsSuspended(RunRecorder recorder, int action)
    {
        lock (_gate)
        {
            return Accepts(recorder) && _waits![action] == WaitState.Suspended;
        }
    }

    /// <summary>Lets an action that was taken start. It takes its turn among those that are ready: it may have to wait for its place, or never start.</summary>
    internal void StartDue(RunRecorder recorder, int action)
    {
        lock (_gate)
        {
            if (!Accepts(recorder) || _waits![action] != WaitState.Taken)
            {
                return;
            }

            MakeDue(action);
            Stir();
            _drainers++;
        }

        AdvanceInContext(None, null, entering: false);
    }

    /// <summary>Lets a session that is held back leave without waiting for an action.</summary>
    internal void LeaveBehind(RunRecorder recorder, int action)
    {
        if (IsForgotten(action))
        {
            ForgottenRecorded(recorder);
            return;
        }

        lock (_gate)
        {
            if (!Accepts(recorder) || Statuses[action] != ActionStatus.Running || _waits![action] == WaitState.Suspended)
            {
                return;
            }

            _waits[action] = WaitState.Suspended;
            _suspended++;
            _drainers++;
        }

        AdvanceInContext(None, null, entering: false);
    }

    /// <summary>The end of a fire-and-forget action is recorded, or cannot be.</summary>
    internal void ForgottenRecorded(RunRecorder recorder)
    {
        lock (_gate)
        {
            if (!Accepts(recorder))
            {
                return;
            }

            _forgotten--;
            if (_isDeciding || _forgotten > 0)
            {
                return;
            }

            _drainers++;
        }

        AdvanceInContext(None, null, entering: false);
    }

    /// <summary>Returns an action that was chosen to those that are ready. Under the gate.</summary>
    private void MakeDue(int action)
    {
        _running--;
        _waits![action] = WaitState.Due;
        Statuses[action] = ActionStatus.Waiting;
        SetReady(action);
    }

    /// <summary>An action that lost its race while it waited is skipped at once. Under the gate.</summary>
    private void StopWaiting(int action)
    {
        if (_waits is { } waits && waits[action] == WaitState.Suspended)
        {
            _suspended--;
            MakeDue(action);
        }
    }

    /// <summary>Ends the waiting of an action that is about to settle. Under the gate.</summary>
    private void EndWait(int action)
    {
        var wait = _waits![action];
        if (wait is not (WaitState.Suspended or WaitState.Taken))
        {
            return;
        }

        _suspended -= wait == WaitState.Suspended ? 1 : 0;
        _running -= IsForgotten(action) ? 1 : 0;
        _waits[action] = WaitState.None;
    }

    private bool IsForgotten(int action) => _plan.Mode[action] == ActionMode.FireAndForget;

    private bool IsDue(int action) => _waits is { } waits && waits[action] == WaitState.Due;
}
