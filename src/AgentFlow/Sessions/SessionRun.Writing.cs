namespace AgentFlow;

internal sealed partial class SessionRun
{
    /// <summary>Something to record, and what follows when it is.</summary>
    private readonly record struct Entry
    {
        public Entry()
        {
        }

        /// <summary>Null if there is only a state to change.</summary>
        public JournalRecord? Record { get; init; }

        public int Action { get; init; } = -1;

        public ActionStatus Status { get; init; }

        public Exception? Error { get; init; }

        /// <summary>The value of an element, for its event.</summary>
        public object? Element { get; init; }

        public Then Then { get; init; }

        /// <summary>What is to be begun, if nothing is to be recorded yet.</summary>
        public StoreTransaction? Transaction { get; init; }

        /// <summary>What was spent on what it records.</summary>
        public RunUsage Usage { get; init; }

        /// <summary>Whether it is written at once, whatever the session's durability.</summary>
        public bool Flushes { get; init; }

        /// <summary>The number of the signal that it takes.</summary>
        public long? Signal { get; init; }

        /// <summary>How long the action waits from the moment of the record.</summary>
        public TimeSpan? Wait { get; init; }

        public SessionState? State { get; init; }

        public bool Cancels { get; init; }

        /// <summary>With it the session leaves its worker. It is the last.</summary>
        public SessionRest? Ends { get; init; }

        /// <summary>Who waits for it.</summary>
        public TaskCompletionSource? Waiter { get; init; }

        /// <summary>Who waits for its sequence number; 0 if it could not be written.</summary>
        public TaskCompletionSource<long>? Numbered { get; init; }
    }

    private Task RecordAsync(JournalRecord record)
    {
        var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Enqueue(new Entry { Record = record, Waiter = waiter, Flushes = true });
        return waiter.Task;
    }

    /// <summary>Writes what is still to be written, whatever the session's durability: something outside is about to rest on it.</summary>
    private Task FlushAsync()
    {
        lock (_gate)
        {
            if (_queue.Count == 0 && !_isWriting)
            {
                return Task.CompletedTask;
            }
        }

        var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Enqueue(new Entry { Waiter = waiter, Flushes = true });
        return waiter.Task;
    }

    private void Enqueue(in Entry entry)
    {
        Exception? broken;
        var writes = false;
        var settled = false;
        lock (_gate)
        {
            broken = _broken ?? (_isClosed ? new OperationCanceledException($"Session '{Session}' has left its worker.") : null);
            if (broken is null)
            {
                _isClosed = entry.Ends is not null;

                // What ends while a transaction is open comes after it in the journal: it settles after it as well, whatever the durability.
                // So does what comes after that.
                _transactions += entry.Then == Then.Transact ? 1 : 0;
                settled = Durability != Durability.Step && entry.Then == Then.Settle && _transactions == 0 && _unsettled == 0;
                _unsettled += entry.Then == Then.Settle && !settled ? 1 : 0;
                _queue.Add(settled ? entry with { Then = Then.Nothing } : entry);
                if (settled)
                {
                    Remember(entry);
                    settled = _run.SettleRecorded(this, entry.Action, entry.Status, entry.Error);
                }

                writes = !_isWriting && (entry.Flushes || Durability != Durability.Suspend || (entry.Then == Then.Settle && !settled));
                _isWriting |= writes;
            }
        }

        if (broken is not null)
        {
            Drop(entry, broken);
            return;
        }

        if (writes)
        {
            Write();
        }

        if (settled)
        {
            _run.AdvanceRecorded(times: 1);
        }
    }

    /// <summary>What becomes of an entry that can no longer be written.</summary>
    private void Drop(in Entry entry, Exception broken)
    {
        entry.Waiter?.TrySetResult();
        entry.Numbered?.TrySetResult(0);

        // The attempt that waits for it settles by itself.
        entry.Transaction?.Close();
        switch (entry.Then)
        {
            case Then.Nothing or Then.Transact:
                break;
            case Then.Forget:
                _run.ForgottenRecorded(this);
                break;
            default:
                SettleNow(entry.Action, entry.Then == Then.Settle ? entry.Status : ActionStatus.Skipped, entry.Error);
                break;
        }

        if (entry.Ends is not null)
        {
            Leave(new SessionRest(_state, null, broken));
        }
    }

    /// <summary>Writes until there is nothing left. The caller has the right to.</summary>
    private void Write()
    {
        while (true)
        {
            List<Entry> batch;
            lock (_gate)
            {
                if (_queue.Count == 0 || _broken is not null)
                {
                    _isWriting = false;
                    break;
                }

                batch = TakeBatch();
                _underWay = batch[0].Then == Then.Transact ? [] : batch;
            }

            if (batch[0].Then == Then.Transact)
            {
                Watch(TransactAsync(batch[0].Transaction!));
                return;
            }

            var append = ToAppend(batch);
            ValueTask<DateTimeOffset> task;
            try
            {
                task = _runtime.Store.AppendAsync(append);
            }
            catch (Exception e)
            {
                Break(e);
                return;
            }

            if (!task.IsCompleted)
            {
                Watch(WriteAsync(task, batch));
                return;
            }

            DateTimeOffset time;
            try
            {
                time = task.GetAwaiter().GetResult();
            }
            catch (Exception e)
            {
                Break(e);
                return;
            }

            if (!TryCount(batch, time, out var more) || !more)
            {
                return;
            }
        }

        TryRest();
    }

    /// <summary>Takes what can be written at once: a transaction alone, or all up to the next one. Under the gate.</summary>
    private List<Entry> TakeBatch()
    {
        var at = _queue.FindIndex(static e => e.Then == Then.Transact);
        if (at < 0)
        {
            var all = _queue;
            _queue = [];
            return all;
        }

        var batch = _queue.GetRange(0, Math.Max(at, 1));
        _queue.RemoveRange(0, batch.Count);
        return batch;
    }

    private async Task WriteAsync(ValueTask<DateTimeOffset> task, List<Entry> batch)
    {
        DateTimeOffset time;
        try
        {
            time = await task.ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Break(e);
            return;
        }

        if (TryCount(batch, time, out var more) && more)
        {
            Write();
        }
    }

    /// <summary>Counts what is written, unless the session was given up meanwhile: then what is written late counts for whoever has the session now.</summary>
    private bool TryCount(List<Entry> batch, DateTimeOffset time, out bool more)
    {
        more = false;
        if (!HoldsLease())
        {
            return false;
        }

        lock (_gate)
        {
            if (_broken is not null)
            {
                return false;
            }

            _underWay = [];
        }

        try
        {
            return Written(batch, time, out more);
        }
        catch (Exception e)
        {
            Fail(batch, e);
            return false;
        }
    }

    /// <summary>Keeps what a later part of the session has to know of a record.</summary>
    private void Remember(in Entry entry)
    {
        var record = entry.Record!;
        var place = new ActionPlace(record.Iteration, record.Action, record.Item);
        _history.Usage += entry.Usage;
        switch (record.Kind)
        {
            case JournalKind.TimerFired:
                _history.Fire(place);
                break;
            case JournalKind.Compensated:
                _history.Undo(place);
                break;
            case JournalKind.CancelRequested:
                _history.IsCancelled = true;
                break;
            case JournalKind.Struck:
                _history.Strike(place, renews: false);
                if (place.Item < 0)
                {
                    _history.Close(place);
                }

                break;
            case JournalKind.Intended or JournalKind.TimerSet:
                _history.Open(place, record.Kind == JournalKind.Intended);
                break;
            case JournalKind.Completed or JournalKind.Failed or JournalKind.Skipped when place.Item >= 0:
                _history.EndItem(place);
                break;
            case JournalKind.Completed or JournalKind.Failed or JournalKind.Skipped:
                _history.Close(place);
                if (entry.Then is Then.Settle or Then.Forget)
                {
                    _history.Settle(new(record.Iteration, entry.Action, entry.Status, entry.Error, _run.AttemptsOf(entry.Action)));
                }

                break;
        }
    }

    /// <summary>Tells those who read the session's events what is now in the journal.</summary>
    private void Tell(in Entry entry)
    {
        var e = entry switch
        {
            { Record: { Item: >= 0, Kind: JournalKind.Completed or JournalKind.Failed } record } => _run.ToItemEvent(entry.Action, record.Iteration, record.Item, entry.Element, entry.Error),
            { Record.Kind: JournalKind.Struck } => null,
            { Then: Then.Settle, Status: ActionStatus.Completed } => _run.ToEvent(new() { Kind = AgentEventKind.ActionCompleted, Value = _run.OutputOf(entry.Action) }, entry.Action),
            { Then: Then.Settle, Status: ActionStatus.Failed } => _run.ToEvent(new() { Kind = AgentEventKind.ActionFailed, Exception = entry.Error }, entry.Action),
            { Then: Then.Settle } => _run.ToEvent(new() { Kind = AgentEventKind.ActionSkipped }, entry.Action),
            { Ends: { } rest } => rest.ToEvent(_run.Plan.Graph, Clock.GetUtcNow()),
            _ => (AgentEvent?)null,
        };
        _runtime.Publish(Session, _sequence, e);
    }

    private SessionAppend ToAppend(List<Entry> batch)
    {
        var records = new List<JournalRecord>(batch.Count);
        List<long>? consumed = null;
        SessionState? state = null;
        SessionRest? rest = null;
        foreach (var entry in batch)
        {
            if (entry.Record is not null)
            {
                records.Add(entry.Record);
            }

            if (entry.Signal is { } signal)
            {
                (consumed ??= []).Add(signal);
            }

            state = entry.State ?? state;
            rest = entry.Ends ?? rest;
        }

        // Their places are known now: nobody else writes.
        var sealedRecords = Chain.Seal(records, _sequence, _claim.Epoch);
        var wakes = rest is not null;
        return new SessionAppend
        {
            Claim = _claim,
            After = _sequence,
            Records = sealedRecords,
            Consumed = consumed ?? [],
            State = state,
            SetsWake = wakes,
            WakeAfter = rest?.State == SessionState.Suspended ? Sleep() : null,
            SignalsSeen = wakes ? _signalsSeen : null,
            Releases = wakes,
            Snapshot = MakeSnapshot(batch, rest),
        };
    }

    /// <summary>Counts what is written, in the order of the journal.</summary>
    /// <param name="batch">What was written.</param>
    /// <param name="time">When, on the store's clock.</param>
    /// <param name="more">Whether the caller goes on writing.</param>
    /// <returns>Whether the session is still here.</returns>
    private bool Written(List<Entry> batch, DateTimeOffset time, out bool more)
    {
        more = true;
        var settled = 0;
        var over = 0;
        var cancels = false;
        SessionRest? rest = null;
        List<Entry>? starts = null;
        Chain.Advance();
        foreach (var entry in batch)
        {
            if (entry.Record is not null)
            {
                _sequence++;
                if (IsObserved)
                {
                    Tell(entry);
                }

                Remember(entry);
                Timed(entry, time);
            }

            _state = entry.State ?? _state;
            rest = entry.Ends ?? rest;
            cancels |= entry.Cancels;
            entry.Waiter?.TrySetResult();
            entry.Numbered?.TrySetResult(_sequence);
            switch (entry.Then)
            {
                case Then.Settle:
                    over++;
                    settled += _run.SettleRecorded(this, entry.Action, entry.Status, entry.Error) ? 1 : 0;
                    break;
                case Then.Start or Then.StartDue or Then.Forget:
                    (starts ??= []).Add(entry);
                    break;
            }
        }

        if (over > 0)
        {
            lock (_gate)
            {
                _unsettled -= over;
            }
        }

        if (rest is not null)
        {
            Leave(rest);
            return false;
        }

        if (settled == 0 && starts is null && !cancels)
        {
            return true;
        }

        Count(settled, starts, cancels, ref more);
        return true;
    }

    /// <summary>Lets the run go on after what is written. Users' code runs here: whoever comes to an end meanwhile does not wait for it.</summary>
    private void Count(int settled, List<Entry>? starts, bool cancels, ref bool more)
    {
        bool another;
        lock (_gate)
        {
            _stirs++;
            another = _queue.Count > 0;
            _isWriting = another;
            more = false;
        }

        if (another)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static run => run.Guard(run.Write), this, preferLocal: false);
        }

        if (cancels)
        {
            _run.CancelRecorded(this);
        }

        foreach (var entry in starts ?? [])
        {
            Start(entry);
        }

        if (settled > 0)
        {
            _run.AdvanceRecorded(settled);
        }

        Stirred();
    }

    /// <summary>What might have set the run going has done so.</summary>
    private void Stirred()
    {
        lock (_gate)
        {
            _stirs--;
        }

        TryRest();
    }

    /// <summary>Gives the session up with entries that nobody else knows of.</summary>
    private void Fail(List<Entry> batch, Exception error)
    {
        Break(error);
        foreach (var entry in batch)
        {
            Drop(entry, error);
        }
    }

    /// <summary>Gives the session up if there is nothing to do but wait.</summary>
    private void TryRest()
    {
        SessionState state;
        bool isDue;
        bool isBehind;
        lock (_gate)
        {
            if (!_isResting || _isWriting || _stirs > 0 || _isReadingSignals || _isLeaving || _isEnding || _broken is not null)
            {
                return;
            }

            _isResting = _run.IsAtRest;
            if (!_isResting)
            {
                return;
            }

            ForgetSettled();

            // Actions that were left behind wait for nothing: the next worker that claims the session starts them again.
            var held = _held ?? (_leftBehind.Count > 0 ? SessionState.Running : null);
            isDue = held is null && NextTimer() <= TimeSpan.Zero;
            isBehind = held is null && !isDue && _isBehind;
            _isReadingSignals = isBehind;
            _isLeaving = !isDue && !isBehind;
            state = held ?? SessionState.Suspended;
        }

        if (isBehind)
        {
            Watch(ReadSignalsAsync());
            return;
        }

        if (isDue)
        {
            // What it would wait for has come already.
            OnTimer();
            return;
        }

        Enqueue(new Entry { Record = _codec.StateChanged(state, Owner, null), State = state, Ends = new SessionRest(state, null, null), Flushes = true });
    }
}
