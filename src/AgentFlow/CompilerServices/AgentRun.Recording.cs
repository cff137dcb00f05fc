using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace AgentFlow.CompilerServices;

/// <summary>
/// Runs that belong to a session. What an action comes to is handed to the recorder instead of being settled; once it is recorded, the
/// recorder settles it, one after the other in the order of the journal, so that races and merges decide alike when the journal is read again.
/// </summary>
public abstract partial class AgentRun
{
    private RunRecorder? _recorder;

    /// <summary>Whether the run was ever part of a session. Then it never returns to its pool: something may still hold it that does not know of its end.</summary>
    private bool _wasRecorded;

    /// <summary>Whether nothing new is to start though nothing is wrong: the session is being paused or its worker shut down.</summary>
    private volatile bool _held;

    /// <summary>Whether what was settled last stops the run, and its token is still to be cancelled. Guarded by the gate.</summary>
    private bool _mustCancel;

    /// <summary>Whether the run has come to rest and waits; then it can be set going again. Guarded by the gate.</summary>
    private bool _isWaiting;

    internal bool IsRecorded => _recorder is not null;

    internal RunRecorder? Recorder => _recorder;

    /// <summary>Whether an action is given the store's own transaction: in a session.</summary>
    internal bool IsTransactional(int action) => _recorder is not null && _plan.Graph.Actions[action].Effect == Effect.Transactional;

    internal bool IsStopped => _stop != StopReason.None;

    /// <summary>Where each action stood in the previous iteration; empty if the agent does not look back.</summary>
    protected internal virtual Span<ActionStatus> PreviousStatuses => default;

    /// <summary>How the output of an action is written as JSON; null if it makes none. Generated for durable agents.</summary>
    /// <param name="action">The action.</param>
    /// <returns>The contract.</returns>
    protected internal virtual JsonTypeInfo? OutputJson(int action) => null;

    /// <summary>Makes today's output of an action of what an older shape has recorded.</summary>
    /// <param name="action">The action.</param>
    /// <param name="recorded">What was recorded looks like: the contract in that shape.</param>
    /// <param name="value">What was recorded.</param>
    /// <param name="upcast">The output.</param>
    /// <returns>Whether an <see cref="UpcastAttribute"/> method takes it.</returns>
    protected internal virtual bool Upcast(int action, string recorded, JsonElement value, out object? upcast)
    {
        upcast = null;
        return false;
    }

    /// <summary>How the value for one element of a for-each is written as JSON. Generated for durable agents.</summary>
    /// <param name="action">The action.</param>
    /// <returns>The contract.</returns>
    protected internal virtual JsonTypeInfo? ItemJson(int action) => null;

    /// <summary>How an input is written as JSON. Generated for durable agents.</summary>
    /// <param name="input">The input's number.</param>
    /// <returns>The contract.</returns>
    /// <exception cref="NotSupportedException">The agent is not durable.</exception>
    protected internal virtual JsonTypeInfo InputJson(int input) => throw NotDurable();

    /// <summary>The value of an input. Generated for durable agents.</summary>
    /// <param name="input">The input's number.</param>
    /// <returns>The value, boxed if need be.</returns>
    /// <exception cref="NotSupportedException">The agent is not durable.</exception>
    protected internal virtual object? GetInput(int input) => throw NotDurable();

    /// <summary>Puts an input into the state. Generated for durable agents.</summary>
    /// <param name="input">The input's number.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="NotSupportedException">The agent is not durable.</exception>
    protected internal virtual void SetInput(int input, object? value) => throw NotDurable();

    /// <summary>Puts the output of an action into the state. Generated for durable agents.</summary>
    /// <param name="action">The action.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="NotSupportedException">The agent is not durable.</exception>
    protected internal virtual void SetOutput(int action, object? value) => throw NotDurable();

    /// <summary>The output of an action in the previous iteration. Generated for durable agents that look back.</summary>
    /// <param name="action">The action.</param>
    /// <returns>The value, boxed if need be.</returns>
    protected internal virtual object? GetPrevious(int action) => null;

    /// <summary>Puts the output of an action in the previous iteration into the state. Generated for durable agents that look back.</summary>
    /// <param name="action">The action.</param>
    /// <param name="value">The value.</param>
    protected internal virtual void SetPrevious(int action, object? value)
    {
    }

    /// <summary>Sets the current iteration. Generated for durable agents.</summary>
    /// <param name="iteration">The iteration, from 1.</param>
    /// <exception cref="NotSupportedException">The agent is not durable.</exception>
    protected internal virtual void SetIteration(int iteration) => throw NotDurable();

    /// <summary>What a signal comes to that was not answered: in a session its time is up; elsewhere nobody can answer.</summary>
    /// <param name="action">The signal.</param>
    /// <returns>The exception.</returns>
    protected Exception Unanswered(int action) => _recorder is null
        ? new InvalidOperationException($"Signal '{_plan.NameOf(action)}' is answered from outside, and only in a session: start agent '{_plan.Graph.Name}' with AgentRuntime.StartAsync.")
        : new TimeoutException($"Signal '{_plan.NameOf(action)}' was not answered within {_plan.Graph.Actions[action].SignalTimeout:c}.");

    internal object? OutputOf(int action) => GetOutput(action);

    internal ActionStatus StatusOf(int action) => Statuses[action];

    internal int AttemptsOf(int action) => Math.Max(1, _attempts[action]);

    /// <summary>Makes the run part of a session. Nothing of it has started.</summary>
    internal void RecordWith(RunRecorder recorder)
    {
        _recorder = recorder;
        _wasRecorded = true;
        _id = recorder.Session;
        _suspended = 0;
        _waits = new WaitState[_plan.Count];
        _held = false;
        _inLane = false;
        _context = Detached.EmptyContext;
        if (!_plan.OwnsToken)
        {
            // A session can be cancelled whatever its agent does.
            RenewToken();
        }

        LayOut();

        // As if a thread were inside, until Go: whoever comes between before that must not bring the run to its end.
        _drainers = 1;
    }

    /// <summary>Takes over what was recorded of an action, in the order of the journal. Its value is in the state.</summary>
    internal void Restore(int action, ActionStatus status, Exception? error, int attempts)
    {
        if (_plan.Mode[action] != ActionMode.FireAndForget)
        {
            _running++;
        }

        _attempts[action] = attempts;
        if (_lost is not null && _plan.Graph.Actions[action].DelayUnless >= 0)
        {
            // It was under way when its delay would have been ended.
            _lost[action] = false;
        }

        Settle(action, status, error);
        ClearReady(action);
    }

    /// <summary>Goes on to the next iteration, as the run that is being restored did.</summary>
    internal void RestoreNextIteration()
    {
        RememberCutElements();

        // What the journal does not tell of never started: it lost a race, or what it needs was skipped.
        foreach (ref var status in Statuses)
        {
            status = status > ActionStatus.Running ? status : ActionStatus.Skipped;
        }

        KeepStateForUndo();
        BeginNextIteration();
        LayOut();
    }

    /// <summary>Keeps the failure of an action in an iteration that is over, if it counts.</summary>
    internal void RestoreFailure(int action, int iteration, Exception error, int attempts)
    {
        if (!IsTolerated(action))
        {
            AddFailure(new(_plan.Graph.Name, _plan.NameOf(action), Math.Max(1, attempts), iteration, error));
        }
    }

    /// <summary>Whether the run goes on as if nothing were when the action fails.</summary>
    internal bool IsTolerated(int action) => _plan.IsOptional[action] || _plan.Mode[action] == ActionMode.FireAndForget;

    internal void RestoreSpending(int started, RunUsage usage)
    {
        _started = started;
        _usage = usage;
    }

    internal bool IsAtRest
    {
        get
        {
            lock (_gate)
            {
                return _isWaiting;
            }
        }
    }

    /// <summary>How many actions are under way, but for those that wait.</summary>
    internal int Busy
    {
        get
        {
            lock (_gate)
            {
                return _running - _suspended;
            }
        }
    }

    internal string Describe()
    {
        lock (_gate)
        {
            return $"running {_running}, suspended {_suspended}, unsettled {_unsettled}, drainers {_drainers}, stop {_stop}, rests {_resting}, waits {_isWaiting}";
        }
    }

    /// <summary>Whether an action has neither settled nor started, so that what is recorded of it is news.</summary>
    internal bool IsOpen(int action) => Statuses[action] <= ActionStatus.Running;

    /// <summary>Starts whatever is ready. Called once; until then the run cannot come to its end.</summary>
    internal void Go() => AdvanceInContext(None, null, entering: false);

    /// <summary>
    /// Starts an action for which something had to be recorded first, unless the run was stopped meanwhile or the action has lost a race.
    /// </summary>
    /// <returns>
    /// True if it starts; false if not, and then the caller settles it as skipped; null if the run has ended for its recorder, or the action has settled.
    /// </returns>
    internal bool? StartPrepared(RunRecorder recorder, int action)
    {
        lock (_gate)
        {
            if (!Accepts(recorder) || Statuses[action] != ActionStatus.Running)
            {
                return null;
            }

            if (_stop != StopReason.None || (_lost is not null && _lost[action]))
            {
                return false;
            }
        }

        recorder.Starting(action);
        ExecutionContext.Run(_context!, _ => Execute(action), null);
        return true;
    }

    /// <summary>
    /// Counts what is recorded, or cannot be. Does nothing if the run has ended for its recorder, or the action has settled: what is recorded may come
    /// late, when its session was given up.
    /// </summary>
    /// <returns>Whether it counts; then the caller is a drainer and has to call <see cref="AdvanceRecorded"/>.</returns>
    internal bool SettleRecorded(RunRecorder recorder, int action, ActionStatus status, Exception? error)
    {
        lock (_gate)
        {
            if (!Accepts(recorder) || !IsOpen(action))
            {
                return false;
            }

            var before = _stop;
            _drainers++;
            Stir();
            EndWait(action);
            Settle(action, status, error);
            _mustCancel |= before == StopReason.None && _stop != StopReason.None;
            return true;
        }
    }

    /// <summary>Starts what has become ready, once for each call of <see cref="SettleRecorded"/>. Called outside the recorder's gate: users' code runs here.</summary>
    internal void AdvanceRecorded(int times)
    {
        bool cancel;
        lock (_gate)
        {
            _drainers -= times - 1;
            cancel = _mustCancel;
            _mustCancel = false;
        }

        if (cancel)
        {
            CancelToken();
        }

        AdvanceInContext(None, null, entering: false);
    }

    /// <summary>Starts nothing new; what is under way goes on to its end.</summary>
    internal void HoldBack(RunRecorder recorder) => Interrupt(recorder, StopReason.None);

    /// <summary>
    /// Cancels the run on behalf of its session. If the session cannot be written to any more, what is under way is cancelled and awaited, and
    /// the recorder drops what it comes to.
    /// </summary>
    internal void CancelRecorded(RunRecorder recorder) => Interrupt(recorder, StopReason.Canceled);

    /// <summary>Ends the run because the time allowed for the whole of it is over.</summary>
    internal void TimeOutRecorded(RunRecorder recorder) =>
        Interrupt(recorder, StopReason.TimedOut, new TimeoutException($"Agent '{_plan.Graph.Name}' did not finish within {_plan.Timeout:c}."));

    /// <summary>Ends the run with what it had stopped with before.</summary>
    internal void StopRecorded(RunRecorder recorder, Exception error) =>
        Interrupt(recorder, error is TimeoutException ? StopReason.TimedOut : StopReason.OverBudget, error);

    /// <summary>Whether it has ended for a reason that its outcomes do not tell: another time they might let it go on.</summary>
    internal bool HasStopped
    {
        get
        {
            lock (_gate)
            {
                return _stop is StopReason.TimedOut or StopReason.OverBudget;
            }
        }
    }

    /// <summary>Undoes what was done, last first, but for what is recorded as undone. One that fails does not keep the others from being undone.</summary>
    internal ValueTask<Exception> UndoRecordedAsync(Exception error) => UndoAsync(error);

    /// <summary>Cancels what outlives the run's session, which has given up waiting for it.</summary>
    internal void CancelLeftBehind() => CancelToken();

    /// <summary>Ends the use of the run. Its session has ended, is suspended, or was lost.</summary>
    internal void LetGo() => Release();

    /// <summary>What a restored run has failed with, if an action of it has.</summary>
    internal Exception? RestoredError => _failures is null ? null : GetFailure();

    /// <summary>Whether there is anything to undo. Called once the run has ended.</summary>
    internal bool MustUndo()
    {
        RememberCutElements();
        return _undo is { Count: > 0 };
    }

    /// <summary>Whether what an action came to is no outcome, but only the echo of the run's being stopped, or of another's winning a race.</summary>
    internal bool IsEcho(int action, ActionStatus status, Exception? error)
    {
        lock (_gate)
        {
            return status == ActionStatus.Failed && error is OperationCanceledException && (_stop != StopReason.None || _callerToken.IsCancellationRequested || (_lost is not null && _lost[action]));
        }
    }

    /// <summary>
    /// Whether the run still is a session's: one that has ended is not, nor is one that its session has left. Whatever comes from outside asks first,
    /// in the same section of the gate in which it acts. Under the gate.
    /// </summary>
    private bool Accepts(RunRecorder recorder) => ReferenceEquals(_recorder, recorder) && (!_resting || _isWaiting || _isDeciding);

    /// <summary>Holds back or stops the run from outside.</summary>
    private void Interrupt(RunRecorder recorder, StopReason reason, Exception? error = null)
    {
        lock (_gate)
        {
            if (!Accepts(recorder))
            {
                return;
            }

            _held |= reason == StopReason.None;
            if (_stop == StopReason.None)
            {
                _stop = reason;
                _stopError = error;
            }

            if (_isDeciding)
            {
                // The thread that decides what follows sees it.
                return;
            }

            Stir();
            _drainers++;
        }

        if (reason != StopReason.None)
        {
            CancelToken();
        }

        AdvanceInContext(None, null, entering: false);
    }

    /// <summary>Leaves the rest of one that waits. Under the gate.</summary>
    private void Stir()
    {
        if (_isWaiting)
        {
            _isWaiting = false;
            _resting = false;
        }
    }

    /// <summary>Starts an action in a session, as far as it may start.</summary>
    private void ExecuteRecorded(int action)
    {
        try
        {
            // Before anything is waited for, or recorded as intended.
            if (_plan.IsConditional[action] && !IsDue(action) && !IsWanted(action))
            {
                _recorder!.Record(action, ActionStatus.Skipped, null);
                return;
            }
        }
        catch (Exception e)
        {
            _recorder!.Record(action, ActionStatus.Failed, e);
            return;
        }

        if (_recorder!.Prepare(action) == RunRecorder.Preparation.Start)
        {
            Execute(action);
        }
    }

    private void Execute(int action)
    {
        // The session may leave without the body: one that waits for a child.
        HoldServices();
        if (TryExecute(action, out var status, out var error))
        {
            ReleaseBody();
            _recorder!.Record(action, status, error);
        }
    }

    /// <summary>Ends the recording under the gate, so that what comes late finds the run either whole or gone.</summary>
    private void ResetRecording()
    {
        if (!_wasRecorded)
        {
            return;
        }

        lock (_gate)
        {
            _recorder = null;
            _isWaiting = false;
            _held = false;
            _mustCancel = false;
            _stop = StopReason.Canceled;
            _resting = true;
        }
    }

    private NotSupportedException NotDurable() => new($"Agent '{_plan.Graph.Name}' is not durable, so no session can take it.");
}
