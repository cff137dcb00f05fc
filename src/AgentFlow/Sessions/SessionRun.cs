using System.Runtime.InteropServices;
using AgentFlow.CompilerServices;

namespace AgentFlow;

/// <summary>
/// A session while it is at work: the run, the claim, and the writing of its journal. One append is under way at a time; what comes to an end
/// meanwhile shares the next one.
/// </summary>
/// <remarks>
/// The gate guards every field that changes. It is never held while users' code, the store or the run's own gate is entered, but for
/// <see cref="Durability.Deferred"/> and <see cref="Durability.Suspend"/>, where an outcome is settled in the order in which it enters the queue.
/// </remarks>
internal sealed partial class SessionRun : RunRecorder
{
    private readonly Lock _gate = new();
    private readonly AgentRuntime _runtime;
    private readonly AgentRun _run;
    private readonly AgentShape _shape;
    private readonly JournalCodec _codec;
    private readonly SessionHistory _history;
    private readonly TaskCompletionSource<SessionRest> _rest = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>When each action started, on the steady clock.</summary>
    private readonly long[] _startedAt;

    /// <summary>What each action has spent that is not recorded yet. Guarded by the gate.</summary>
    private readonly RunUsage[] _spent;

    /// <summary>The same for elements; those that are not recorded are the action's in the end. Guarded by the gate.</summary>
    private readonly Dictionary<(int Action, int Item), RunUsage> _spentOnItems = [];

    private SessionClaim _claim;
    private SessionState _state;
    private long _sequence;

    /// <summary>What is to be recorded next.</summary>
    private List<Entry> _queue = [];

    /// <summary>What is being written.</summary>
    private List<Entry> _underWay = [];

    /// <summary>Transactions of actions that are queued or open. Guarded by the gate.</summary>
    private int _transactions;

    /// <summary>
    /// How many ends of actions are on their way to the journal and settle only when they are there. Guarded by the gate.
    /// </summary>
    private int _unsettled;

    /// <summary>Whether somebody is writing, or has the right to.</summary>
    private bool _isWriting;

    /// <summary>Why nothing can be written any more.</summary>
    private Exception? _broken;

    /// <summary>What the session is to become once nothing is under way: Paused, Running (given up as it is), or null.</summary>
    private SessionState? _held;

    /// <summary>Whether the run has said that nothing is under way. It may be going again since.</summary>
    private bool _isResting;

    /// <summary>How many are about to set the run going.</summary>
    private int _stirs;

    /// <summary>Whether the last record is queued: what comes later is dropped.</summary>
    private bool _isClosed;

    /// <summary>Whether it has left its worker.</summary>
    private bool _hasLeft;

    /// <summary>Whether the record that gives the session up is on its way.</summary>
    private bool _isLeaving;

    /// <summary>Whether the run has come to its end.</summary>
    private bool _isEnding;
    private bool _cancels;

    public SessionRun(AgentRuntime runtime, AgentRun run, AgentShape shape, SessionClaim claim, long askedAt, JournalCodec codec, SessionHistory history)
    {
        _runtime = runtime;
        _run = run;
        _shape = shape;
        _claim = claim;
        _codec = codec;
        _history = history;
        _state = claim.Info.State;
        _sequence = claim.Info.Sequence;
        _startedAt = new long[shape.Actions.Count];
        _spent = new RunUsage[shape.Actions.Count];
        _signalsSeen = claim.Info.SignalsSeen;
        _storeTime = claim.Time;
        _storeTimeAt = Clock.GetTimestamp();

        // From before the store was asked: it may have been slow to answer.
        _leasedAt = askedAt;
    }

    /// <summary>What happens to a record once it is in the journal.</summary>
    private enum Then : byte
    {
        Nothing,
        Settle,
        Start,

        /// <summary>The time of an action is over: it takes its turn.</summary>
        StartDue,
        Transact,

        /// <summary>The end of a fire-and-forget action.</summary>
        Forget,
    }

    public override string Session => _claim.Id;

    /// <summary>Completes when the session is no longer at work here.</summary>
    public Task<SessionRest> Rest => _rest.Task;

    public AgentRun Run => _run;

    /// <summary>The end of its journal. Whoever has the right to write uses it.</summary>
    public required JournalChain Chain { private get; set; }

    /// <summary>The id of its agent.</summary>
    public string Agent => _claim.Info.Agent;

    private Durability Durability => _history.Durability;

    private string Owner => _claim.Owner;

    private TimeProvider Clock => _runtime.Options.Run.TimeProvider;

    /// <summary>Sets the session to work.</summary>
    /// <param name="cancels">Whether it is recorded that it is to be cancelled.</param>
    /// <param name="request">What its parent has left for it to be cancelled, if that is not recorded yet.</param>
    public void Go(bool cancels, SignalRecord? request = null)
    {
        if (_state != SessionState.Running || _history.LastOwnerChange != _claim.Epoch)
        {
            var entry = new Entry { Record = _codec.StateChanged(SessionState.Running, Owner, null), State = SessionState.Running };
            lock (_gate)
            {
                // Who tends the leases knows the session already, and may have given it up.
                if (_broken is null)
                {
                    _queue.Add(entry);
                }
            }
        }

        // Nothing of the run can end before Go: whatever is decided here is decided before anything starts.
        if (_run.Plan.Timeout > TimeSpan.Zero)
        {
            Arm(WholeRun, TimerSpan.After(_claim.Info.CreatedAt, _run.Plan.Timeout));
        }

        if (request is not null && !cancels)
        {
            lock (_gate)
            {
                _taken.Add(request.Number);
                if (_broken is null)
                {
                    _queue.Add(new Entry { Record = new() { Kind = JournalKind.CancelRequested }, Signal = request.Number });
                }
            }
        }

        if (cancels || request is not null)
        {
            _cancels = true;
            if (_history.StoppedBy is { } error)
            {
                _run.StopRecorded(this, error);
            }
            else
            {
                _run.CancelRecorded(this);
            }
        }

        _run.Go();
    }

    /// <summary>Parks the session: a person has to say what became of an action.</summary>
    public void Doubt(UncertainSessionException error)
    {
        lock (_gate)
        {
            _isEnding = true;
        }

        Enqueue(new Entry { Record = _codec.StateChanged(SessionState.Uncertain, Owner, error), State = SessionState.Uncertain, Ends = new SessionRest(SessionState.Uncertain, null, error), Flushes = true });
    }

    public override Preparation Prepare(int action)
    {
        if (!HoldsLease())
        {
            SettleNow(action, ActionStatus.Skipped, null);
            return Preparation.Refuse;
        }

        _startedAt[action] = Clock.GetTimestamp();
        Exception? error = null;
        if (_runtime.Options.Fakes?.Answer(_run, action, out error) is { } status)
        {
            Starting(action);
            Record(action, status, error);
            return Preparation.Later;
        }

        var preparation = Decide(action);
        if (preparation == Preparation.Start)
        {
            Starting(action);
        }

        return preparation;
    }

    internal override void Starting(int action)
    {
        _runtime.Options.Gate?.Starting(_run, action);
        if (IsObserved)
        {
            Emit(_run.ToEvent(new() { Kind = AgentEventKind.ActionStarted }, action));
        }
    }

    private Preparation Decide(int action)
    {
        var node = _run.Plan.Graph.Actions[action];
        if (node.IsSignal)
        {
            return AwaitSignal(action, node);
        }

        if (node.Delay is { } delay && !_history.IsTimerOver(PlaceOf(action), Now))
        {
            _run.Suspend(action);
            AwaitTimer(action, delay);
            return Preparation.Suspend;
        }

        if (node.Effect == Effect.AtMostOnce && node.ForEach < 0)
        {
            var place = PlaceOf(action);
            var record = new JournalRecord { Kind = JournalKind.Intended, Iteration = place.Iteration, Action = place.Action, Key = JournalKeys.Intent(place, _history.Generation(place)) };
            Enqueue(new Entry { Record = record, Action = action, Then = Then.Start, Flushes = true });
            return Preparation.Later;
        }

        return Preparation.Start;
    }

    public override void Record(int action, ActionStatus status, Exception? error)
    {
        if (_runtime.Options.Gate is { } gate && _run.Plan.Mode[action] != ActionMode.FireAndForget)
        {
            gate.Hold(_run, action, () => RecordNow(action, status, error));
        }
        else
        {
            RecordNow(action, status, error);
        }
    }

    private void RecordNow(int action, ActionStatus status, Exception? error)
    {
        if (_run.Plan.Mode[action] == ActionMode.FireAndForget || IsBroken || _run.IsEcho(action, status, error))
        {
            EndTransaction(action, TransactionEnd.RolledBack);
            SettleNow(action, status, error);
            return;
        }

        var place = PlaceOf(action);

        // What is skipped may never have started, or long ago.
        var took = status == ActionStatus.Skipped ? TimeSpan.Zero : Clock.GetElapsedTime(_startedAt[action]);
        var cost = new OutcomeCost(_run.AttemptsOf(action), took, TakeUsage(action));
        JournalRecord record;
        try
        {
            record = _codec.Outcome(_run, place, action, status, error, _history.Generation(place), cost);
        }
        catch (Exception e)
        {
            // What cannot be written down is a failure of the action: its consumers could not be resumed.
            status = ActionStatus.Failed;
            error = e;
            record = _codec.Outcome(_run, place, action, status, error, _history.Generation(place), cost);
        }

        var end = status == ActionStatus.Completed ? new TransactionEnd(record, status, error, cost.Usage) : TransactionEnd.RolledBack;
        if (EndTransaction(action, end) is { } transaction && status == ActionStatus.Completed)
        {
            if (!transaction.IsExpired)
            {
                return;
            }

            // Between the end of the last attempt and this record.
            status = ActionStatus.Failed;
            error = TransactionTimedOut(action, null);
            record = _codec.Outcome(_run, place, action, status, error, _history.Generation(place), cost);
        }

        Enqueue(new Entry { Record = record, Action = action, Status = status, Error = error, Usage = cost.Usage, Then = Then.Settle });
    }

    public override void RecordForgotten(int action, int iteration, Exception? error)
    {
        var place = new ActionPlace(iteration, _run.Plan.NameOf(action));
        var cost = new OutcomeCost(_run.AttemptsOf(action), Clock.GetElapsedTime(_startedAt[action]), TakeUsage(action));
        var status = error is null ? ActionStatus.Completed : ActionStatus.Failed;
        var record = _codec.Outcome(_run, place, action, status, error, _history.Generation(place), cost);
        Enqueue(new Entry { Record = record, Action = action, Status = status, Error = error, Usage = cost.Usage, Then = Then.Forget, Flushes = true });
    }

    public override bool IsObserved => _runtime.IsObserved(Session);

    public override void Emit(AgentEvent e) => _runtime.Publish(Session, 0, e);

    public override void Spend(int action, int item, RunUsage usage)
    {
        lock (_gate)
        {
            if (item < 0)
            {
                _spent[action] += usage;
            }
            else
            {
                CollectionsMarshal.GetValueRefOrAddDefault(_spentOnItems, (action, item), out _) += usage;
            }
        }
    }

    public override IReadOnlyList<int> RecordedItems(int action, int iteration) => _history.ItemsOf(iteration, _run.Plan.NameOf(action));

    public override bool TryGetItem<T>(int action, int iteration, int item, out T value, out Exception? failure)
    {
        value = default!;
        failure = null;
        var place = new ActionPlace(iteration, _run.Plan.NameOf(action), item);
        if (!_history.TryGetItem(place, out var payload))
        {
            return false;
        }

        failure = JournalCodec.ReadError(payload);
        if (failure is null && _run.ItemJson(action) is { } contract && payload.TryGetProperty("value", out var json))
        {
            value = (T)_codec.ReadValue(json, contract, isNullable: true, $"element {item} of '{place.Action}'", _shape.Actions[action].IsSensitive)!;
        }

        return true;
    }

    public override async ValueTask RecordItemAsync<T>(int action, int iteration, int item, T value, Exception? failure)
    {
        if (IsBroken || (failure is OperationCanceledException && _run.IsStopped))
        {
            return;
        }

        if (_runtime.Options.Gate is { } gate)
        {
            await gate.HoldItemAsync(_run, action, item).ConfigureAwait(false);
        }

        var place = new ActionPlace(iteration, _run.Plan.NameOf(action), item);
        RunUsage usage;
        lock (_gate)
        {
            _spentOnItems.Remove((action, item), out usage);
        }

        var record = _codec.Item(place, value, failure, _run.ItemJson(action), _history.Generation(place), usage);
        var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Enqueue(new Entry { Record = record, Action = action, Element = value, Error = failure, Usage = usage, Waiter = waiter, Flushes = true });
        await waiter.Task.ConfigureAwait(false);
    }

    internal override void CountWorkers(int action, int change)
    {
        lock (_gate)
        {
            _workers[action] = _workers.GetValueOrDefault(action) + change;
        }

        _runtime.Options.Gate?.CountWorkers(_run, action, change);
    }

    public override async ValueTask RecordItemIntentAsync(int action, int iteration, int item)
    {
        var place = new ActionPlace(iteration, _run.Plan.NameOf(action), item);
        await RecordAsync(new() { Kind = JournalKind.Intended, Iteration = place.Iteration, Action = place.Action, Item = item, Key = JournalKeys.Intent(place, _history.Generation(place)) }).ConfigureAwait(false);
        ThrowIfBroken();
    }

    public override async ValueTask WithdrawItemIntentAsync(int action, int iteration, int item)
    {
        var place = new ActionPlace(iteration, _run.Plan.NameOf(action), item);
        var intent = new JournalRecord { Kind = JournalKind.Intended, Iteration = iteration, Action = place.Action, Item = item };
        await RecordAsync(Withdrawn(intent)).ConfigureAwait(false);
        ThrowIfBroken();
    }

    public override bool IsUndone(int action, int iteration) => _history.IsUndone(new ActionPlace(iteration, _run.Plan.NameOf(action)));

    public override async ValueTask RecordUndoneAsync(int action, int iteration)
    {
        var place = new ActionPlace(iteration, _run.Plan.NameOf(action));
        await RecordAsync(new() { Kind = JournalKind.Compensated, Iteration = iteration, Action = place.Action, Key = JournalKeys.Undone(place, _history.Generation(place)) }).ConfigureAwait(false);
        ThrowIfBroken();
    }

    /// <summary>Lets what is under way come to its end, and then gives the session up.</summary>
    /// <param name="state">Paused; or Running, so that another worker goes on with it.</param>
    public void HoldBack(SessionState state)
    {
        lock (_gate)
        {
            if (_isLeaving || _isEnding)
            {
                return;
            }

            if (_held is null || state == SessionState.Paused)
            {
                _held = state;
            }

            _stirs++;
        }

        _run.HoldBack(this);
        Stirred();
        if (state == SessionState.Running)
        {
            _givingUp.TrySetResult();
        }
    }

    /// <summary>Cancels the session: recorded first, so that it is not forgotten when the worker dies.</summary>
    /// <returns>Whether it will be; false if it is just leaving this worker.</returns>
    public bool Cancel() => Cancel(null);

    private bool Cancel(long? request)
    {
        lock (_gate)
        {
            if (_cancels || _isEnding)
            {
                return true;
            }

            if (_isLeaving)
            {
                return false;
            }

            _cancels = true;
            _stirs++;
        }

        Enqueue(new Entry { Record = new() { Kind = JournalKind.CancelRequested }, Flushes = true, Cancels = true, Signal = request });
        Stirred();
        return true;
    }

    /// <summary>Records something that does not concern the run.</summary>
    /// <returns>Its sequence number; null if the session is just leaving this worker.</returns>
    public async ValueTask<long?> TryRecordAsync(JournalRecord record)
    {
        var waiter = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_isLeaving || _isEnding || _broken is not null)
            {
                return null;
            }

            _stirs++;
        }

        Enqueue(new Entry { Record = record, Numbered = waiter, Flushes = true });
        Stirred();
        var sequence = await waiter.Task.ConfigureAwait(false);
        return sequence > 0 ? sequence : null;
    }

    /// <summary>Gives up what is under way: the session is somebody else's, or its store does not answer.</summary>
    public void Break(Exception error)
    {
        List<Entry> lost;
        lock (_gate)
        {
            if (_broken is not null)
            {
                return;
            }

            _broken = error;

            // What is under way may be written or not, and its writer may hear of it at any time: it does not count here any more.
            lost = [.. _underWay, .. _queue];
            _underWay = [];
            _queue = [];
            _isWriting = false;
        }

        _run.CancelRecorded(this);
        foreach (var entry in lost)
        {
            Drop(entry, error);
        }
    }

    /// <summary>Where the session stands, for the message of a simulation that hangs.</summary>
    public string Describe()
    {
        lock (_gate)
        {
            return $"{_state} at {_sequence}, {_queue.Count} queued, writing {_isWriting}, resting {_isResting}, leaving {_isLeaving}, ending {_isEnding}, stirs {_stirs}, reading {_isReadingSignals}, awaiting {_awaiting.Count}, timers {_timers.Count}, broken {_broken?.Message}, {_run.Describe()}";
        }
    }

    public override void OnRested()
    {
        lock (_gate)
        {
            _isResting = true;
        }

        TryRest();
    }

    public override void OnEnded(Exception? error)
    {
        lock (_gate)
        {
            _isEnding = true;
        }

        Watch(EndAsync(error));
    }

    private bool IsBroken
    {
        get
        {
            lock (_gate)
            {
                return _broken is not null;
            }
        }
    }

    private ActionPlace PlaceOf(int action) => new(_run.Iteration, _run.Plan.NameOf(action));

    /// <summary>What an action has spent since it was asked last.</summary>
    private RunUsage TakeUsage(int action)
    {
        lock (_gate)
        {
            var usage = _spent[action];
            _spent[action] = default;
            foreach (var place in _spentOnItems.Keys.Where(place => place.Action == action).ToArray())
            {
                _spentOnItems.Remove(place, out var spent);
                usage += spent;
            }

            return usage;
        }
    }

    private void ThrowIfBroken()
    {
        lock (_gate)
        {
            if (_broken is not null)
            {
                throw new OperationCanceledException(_broken.Message, _broken, _run.Token);
            }
        }
    }

    private void SettleNow(int action, ActionStatus status, Exception? error)
    {
        if (_run.SettleRecorded(this, action, status, error))
        {
            _run.AdvanceRecorded(times: 1);
        }
    }
}
