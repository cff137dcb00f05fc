using System.Text.Json;
using AgentFlow.CompilerServices;

namespace AgentFlow;

/// <summary>Puts a run where its journal says the session stands: the latest snapshot, and the records after it.</summary>
internal sealed class SessionLoader(AgentRun run, AgentShape shape, JournalCodec codec, SessionHistory history, string session)
{
    private readonly Dictionary<string, int> _actions = shape.Actions.Select(static (action, i) => (action.Name, i)).ToDictionary(static a => a.Name, static a => a.i, StringComparer.Ordinal);
    private readonly HashSet<ActionPlace> _intents = [];

    /// <summary>What the actions' values looked like when the session was recorded, if that was by another shape.</summary>
    private Dictionary<string, string>? _recorded;
    private int _iteration = 1;
    private long _snapshot;
    private ChainReader _chain = new(codec);

    private readonly RecordedStates _states = new(codec);

    /// <summary>Whether cancellation was asked for.</summary>
    public bool IsCancelled
    {
        get => history.IsCancelled;
        private set => history.IsCancelled = value;
    }

    /// <summary>The actions that must happen at most once and may or may not have.</summary>
    public IReadOnlyList<ActionPlace> InDoubt => [.. _intents];

    /// <summary>How often the outcome at a place was struck.</summary>
    public int GenerationOf(in ActionPlace place) => history.Generation(place);

    public SessionHistory History => history;

    /// <summary>The last state that is recorded, but for <see cref="SessionState.Archived"/>.</summary>
    public SessionState? Became { get; private set; }

    /// <summary>What the session failed with, if it did.</summary>
    public Exception? Error { get; private set; }

    /// <summary>How long the snapshot is that was read, and how long the journal after it.</summary>
    public (long Snapshot, long Tail) Read { get; private set; }

    /// <summary>The digest of the last record that was read; null if that was none, and the snapshot is of an earlier release.</summary>
    public byte[]? Head => _chain.Head;

    /// <summary>
    /// Checks what the store says of the session against its journal: how long that is, and whether it has ended. Somebody may have written to the
    /// session after <paramref name="info"/> was read, unless it is claimed.
    /// </summary>
    /// <exception cref="DamagedSessionException">They differ.</exception>
    public void CheckEnd(SessionInfo info, bool isClaimed)
    {
        if (_chain.LastSequence < info.Sequence || (isClaimed && _chain.LastSequence > info.Sequence))
        {
            throw Damaged($"it has {_chain.LastSequence} records, and its store says {info.Sequence}");
        }

        if (codec.HasKeys && codec.Lineage.Shared > 0 && _chain.LastSequence <= codec.Lineage.Shared)
        {
            throw Damaged($"record {codec.Lineage.Shared + 1} is missing, with which it became a session of its own");
        }

        if (_chain.IsChained)
        {
            _states.Check(info, _snapshot);
        }
    }

    /// <summary>Whether the session has a snapshot of a later record than the one that was its last when the store was asked.</summary>
    public bool HasPassed(SessionInfo info) => info.Sequence < _snapshot;

    /// <summary>Reads up to a place in the journal.</summary>
    public async ValueTask LoadAsync(ISessionStore store, long upTo, CancellationToken cancellationToken)
    {
        var snapshot = run.Plan.HasCompensations ? null : await store.FindSnapshotAsync(session, upTo, cancellationToken).ConfigureAwait(false);
        var state = snapshot is null ? default : Begin(snapshot);
        var records = await ReadAsync(store, snapshot?.Sequence ?? 0, upTo, cancellationToken).ConfigureAwait(false);
        if (snapshot is not null && records.Any(static r => r.Kind is JournalKind.Struck or JournalKind.Edited))
        {
            // What was struck may be in the snapshot.
            snapshot = null;
            _chain = new ChainReader(codec);
            records = await ReadAsync(store, 0, upTo, cancellationToken).ConfigureAwait(false);
        }

        _snapshot = snapshot?.Sequence ?? 0;
        codec.Life = _chain.Life;
        codec.IsSealedFromTheFirst = _chain.IsSealedFromTheFirst;
        Read = (snapshot?.Payload.Length ?? 0, records.Sum(SessionRun.SizeOf));
        Strike(records);

        try
        {
            Restore(snapshot, state, records);
        }
        catch (Exception e) when (e is InvalidOperationException or KeyNotFoundException or FormatException or ArgumentException or OverflowException)
        {
            // JSON of another form than any that is written.
            throw new DamagedSessionException(session, $"what is recorded is not of the form that is written: {e.Message}", e);
        }
    }

    /// <summary>Counts what was struck, before anything is read: only what was not counts.</summary>
    private void Strike(List<JournalRecord> records)
    {
        var last = new Dictionary<ActionPlace, JournalKind>();
        var wasRestarted = false;
        var iteration = 1;
        foreach (var record in records)
        {
            var isRestarted = record.Kind == JournalKind.Struck && !JournalKeys.IsWithdrawn(record.Key);
            if (isRestarted && !wasRestarted)
            {
                history.Restarts++;
                history.RestartedIn = iteration;
                history.RestartedAt = record.Sequence;
            }

            wasRestarted = isRestarted;
            iteration = Math.Max(iteration, record.Iteration);
            var place = new ActionPlace(record.Iteration, record.Action, record.Item);
            switch (record.Kind)
            {
                case JournalKind.Completed or JournalKind.Skipped or JournalKind.Failed:
                    last[place] = record.Kind;
                    break;
                case JournalKind.Struck when record.Action.Length > 0:
                    var hadEnded = last.Remove(place, out var struck) && struck != JournalKind.Failed;
                    history.Strike(place, renews: JournalKeys.IsRenewed(record.Key) || (hadEnded && !JournalKeys.IsKept(record.Key)));
                    break;
            }
        }
    }

    private ReadOnlyMemory<byte> Begin(SessionSnapshot snapshot)
    {
        var content = codec.Open(snapshot, out var digest);
        _chain.Begin(snapshot.Sequence, digest);
        return content;
    }

    private void Restore(SessionSnapshot? snapshot, ReadOnlyMemory<byte> state, List<JournalRecord> records)
    {
        _chain.Authenticate();
        if (snapshot is not null)
        {
            ReadSnapshot(codec.Parse(state, $"snapshot {snapshot.Sequence}"));
        }
        else
        {
            run.SetIteration(1);
        }

        foreach (var record in records)
        {
            Apply(record);
        }

        CheckItems();
        run.RestoreSpending(history.Started, history.Usage);
    }

    private async ValueTask<List<JournalRecord>> ReadAsync(ISessionStore store, long after, long upTo, CancellationToken cancellationToken)
    {
        var records = new List<JournalRecord>();
        await foreach (var record in store.ReadAsync(session, after, cancellationToken).ConfigureAwait(false))
        {
            if (record.Sequence > upTo)
            {
                break;
            }

            if (record.Sequence != after + records.Count + 1)
            {
                throw Damaged($"record {after + records.Count + 1} is missing");
            }

            _chain.Take(record);
            records.Add(record);
        }

        return records;
    }

    private void Apply(JournalRecord record)
    {
        var place = new ActionPlace(record.Iteration, record.Action, record.Item);
        SessionState? becomes = null;
        switch (record.Kind)
        {
            case JournalKind.Created:
                ReadCreated(codec.Read(record));
                break;
            case JournalKind.Completed or JournalKind.Skipped or JournalKind.Failed:
                _intents.Remove(place);
                if (record.Key is null || record.Key == JournalKeys.Outcome(place, history.Generation(place)))
                {
                    ReadOutcome(record, place);
                }
                else
                {
                    // What was struck has taken its signal all the same.
                    TakeSignal(codec.Read(record));
                }

                break;
            case JournalKind.Intended when record.Key == JournalKeys.Intent(place, history.Generation(place)):
                _intents.Add(place);
                history.Open(place, isIntent: true);
                break;
            case JournalKind.Struck:
                if (record.Action.Length == 0)
                {
                    IsCancelled = false;
                    history.StoppedBy = null;
                }

                break;
            case JournalKind.Compensated when record.Key is null || record.Key == JournalKeys.Undone(place, history.Generation(place)):
                history.Undo(place);
                break;
            case JournalKind.TimerSet when record.Key == JournalKeys.Timer(place, history.Generation(place)):
                ReadTimer(record, place);
                break;
            case JournalKind.TimerFired when record.Key == JournalKeys.TimerFired(place, history.Generation(place)):
                history.Fire(place);
                break;
            case JournalKind.Edited:
                ReadEdit(record);
                break;
            case JournalKind.CancelRequested:
                IsCancelled = true;
                history.StoppedBy ??= JournalCodec.ReadError(codec.Read(record));
                break;
            case JournalKind.StateChanged:
                var change = codec.Read(record);
                becomes = RecordedStates.StateOf(change);
                if (becomes == SessionState.Archived)
                {
                    // It is still what it was when it ended.
                    break;
                }

                Error = JournalCodec.ReadError(change);
                Became = becomes;
                if (becomes is { } ended && ended.IsEnded())
                {
                    // Whatever sets it going again does not mean that.
                    IsCancelled = false;
                    history.StoppedBy = null;
                }

                if (becomes == SessionState.Running)
                {
                    history.LastOwnerChange = record.Epoch;
                }

                break;
        }

        _states.Take(record, becomes);
    }

    private void ReadCreated(JsonElement created)
    {
        ReadShape(JournalCodec.Text(created, "shape") ?? throw Damaged("its first record names no shape"));
        history.Durability = Enum.TryParse<Durability>(JournalCodec.Text(created, "durability"), out var durability) ? durability : Durability.Step;
        ReadInputs(created);
    }

    private void ReadInputs(JsonElement holder)
    {
        var inputs = holder.TryGetProperty("inputs", out var found) && found.ValueKind == JsonValueKind.Object ? found : throw Damaged("its inputs are missing");
        for (var i = 0; i < shape.Inputs.Count; i++)
        {
            var input = shape.Inputs[i];
            if (!inputs.TryGetProperty(input.Name, out var value))
            {
                throw new IncompatibleSessionException(session, $"input '{input.Name}' was not recorded");
            }

            run.SetInput(i, codec.ReadValue(value, run.InputJson(i), input.IsNullable, $"Input '{input.Name}'", input.IsSensitive));
        }
    }

    /// <summary>Remembers the contracts of another shape; those of the same one need no comparing.</summary>
    private void ReadShape(string text)
    {
        if (text == shape.ToString())
        {
            return;
        }

        _recorded = new(StringComparer.Ordinal);
        foreach (var line in text.Split('\n'))
        {
            var parts = line.Split(' ', 3);
            if (parts is ["action", var name, ..])
            {
                _recorded[name] = parts.Length > 2 ? parts[2] : "";
            }
        }
    }

    private void ReadOutcome(JournalRecord record, in ActionPlace place)
    {
        if (record.Item >= 0)
        {
            var element = codec.Read(record);
            history.KeepItem(place, element);
            if (_actions.TryGetValue(record.Action, out var loop))
            {
                run.MarkElement(loop);
            }

            Spend(element);
            return;
        }

        var action = Find(record.Action);
        var failed = record.Kind == JournalKind.Completed ? history.FailedItems(record.Iteration, record.Action) : [];
        while (_iteration < record.Iteration)
        {
            run.RestoreNextIteration();
            _iteration++;
        }

        var payload = codec.Read(record);
        TakeSignal(payload);
        var status = record.Kind switch
        {
            JournalKind.Completed => ActionStatus.Completed,
            JournalKind.Failed => ActionStatus.Failed,
            _ => ActionStatus.Skipped,
        };
        if (_iteration == record.Iteration)
        {
            failed.ForEach(element => run.TellElementFailure(action, _iteration, element.Item, element.Error));
            Restore(action, status, payload);
        }

        // Not before: of a for-each that has not completed, its elements are what is to be undone.
        history.Close(place);
    }

    private void Restore(int action, ActionStatus status, JsonElement payload)
    {
        if (status == ActionStatus.Completed)
        {
            SetOutput(action, payload, run.SetOutput);
        }

        Spend(payload);
        var attempts = AttemptsOf(payload);
        var error = status == ActionStatus.Failed ? ErrorOf(payload) : null;
        run.Restore(action, status, error, attempts);
        history.Settle(new SettledAction(_iteration, action, status, error, attempts));
    }

    /// <summary>What failed in an iteration before the one of a snapshot.</summary>
    private void RestoreFailure(JsonElement entry)
    {
        var failed = new SettledAction(entry.GetProperty("iteration").GetInt32(), Find(JournalCodec.Text(entry, "action") ?? ""), ActionStatus.Failed, ErrorOf(entry), AttemptsOf(entry));
        run.RestoreFailure(failed.Action, failed.Iteration, failed.Error!, failed.Attempts);
        history.KeepFailed(failed);
    }

    private static int AttemptsOf(JsonElement payload) =>
        payload.ValueKind == JsonValueKind.Object && payload.TryGetProperty("attempts", out var counted) && counted.TryGetInt32(out var count) ? count : 1;

    private static Exception ErrorOf(JsonElement payload) => JournalCodec.ReadError(payload) ?? new RecordedException("?", "no error was recorded", null);

    private void TakeSignal(JsonElement payload)
    {
        if (JournalCodec.Text(payload, "signal") is { } signal)
        {
            history.Take(signal);
        }
    }

    /// <summary>What was spent counts against the budget, whoever spent it.</summary>
    private void Spend(JsonElement payload)
    {
        if (payload.ValueKind == JsonValueKind.Object)
        {
            history.Usage += new RunUsage(
                payload.TryGetProperty("tokens", out var tokens) && tokens.TryGetInt64(out var counted) ? counted : 0,
                payload.TryGetProperty("cost", out var cost) && cost.TryGetDouble(out var summed) ? summed : 0);
        }
    }

    private void SetOutput(int action, JsonElement payload, Action<int, object?> set)
    {
        var member = shape.Actions[action];
        if (run.OutputJson(action) is not { } contract)
        {
            return;
        }

        if (TryUpcast(action, member, payload, out var upcast))
        {
            set(action, upcast);
            return;
        }

        if (!payload.TryGetProperty("value", out var value))
        {
            throw new IncompatibleSessionException(session, $"no value of action '{member.Name}' was recorded, and {contract.Type} is needed");
        }

        set(action, codec.ReadValue(value, contract, member.IsNullable, $"the output of '{member.Name}'", member.IsSensitive));
    }

    /// <summary>Reads what an action of another contract has left, or refuses it.</summary>
    private bool TryUpcast(int action, ShapeMember member, JsonElement payload, out object? upcast)
    {
        upcast = null;
        if (_recorded is null || !_recorded.TryGetValue(AgentShape.Escape(member.Name), out var before) || before == member.Contract)
        {
            return false;
        }

        try
        {
            if (payload.TryGetProperty("value", out var value) && run.Upcast(action, before, value, out upcast))
            {
                return true;
            }
        }
        catch (Exception e)
        {
            throw new IncompatibleSessionException(session, $"the [Upcast] of '{member.Name}' failed{(member.IsSensitive ? "" : ": " + e.Message)}", member.IsSensitive ? null : e);
        }

        throw new IncompatibleSessionException(session, $"the output of '{member.Name}' was {before} and is {member.Contract}");
    }

    /// <summary>Refuses what was recorded of elements that the action, still under way, would read as something else or do again.</summary>
    private void CheckItems()
    {
        foreach (var name in history.ActionsWithItems(_iteration))
        {
            var action = Find(name);
            if (run.Plan.Graph.Actions[action].ForEach < 0)
            {
                throw new IncompatibleSessionException(session, $"elements of action '{name}' are recorded, and it is no longer a for-each");
            }

            var contract = shape.Actions[action].Contract;
            if (_recorded is not null && _recorded.TryGetValue(AgentShape.Escape(name), out var before) && before != contract)
            {
                throw new IncompatibleSessionException(session, $"elements of action '{name}' are recorded as parts of {before}, and now they are parts of {contract}; let it end with the version that began it");
            }
        }
    }

    private int Find(string action) => _actions.TryGetValue(action, out var index)
        ? index
        : throw new IncompatibleSessionException(session, $"action '{action}' is recorded and no longer there");

    private void ReadTimer(JournalRecord record, in ActionPlace place)
    {
        if (!codec.Read(record).TryGetProperty("ticks", out var ticks) || !ticks.TryGetInt64(out var wait))
        {
            throw Damaged($"the timer in record {record.Sequence} has no time");
        }

        history.SetTimer(place, TimerSpan.After(record.Timestamp, TimeSpan.FromTicks(wait)));
    }

    private void ReadEdit(JournalRecord record)
    {
        var action = Find(record.Action);
        if (record.Iteration == _iteration)
        {
            SetOutput(action, codec.Read(record), run.SetOutput);
        }
    }

    private void ReadSnapshot(JsonElement state)
    {
        ReadShape(JournalCodec.Text(state, "shape") ?? throw Damaged("its snapshot names no shape"));
        history.Durability = Enum.TryParse<Durability>(JournalCodec.Text(state, "durability"), out var durability) ? durability : Durability.Step;
        _iteration = state.TryGetProperty("iteration", out var iteration) && iteration.TryGetInt32(out var number) && number > 0 ? number : throw Damaged("its snapshot has no iteration");
        run.SetIteration(_iteration);
        if (state.TryGetProperty("life", out var life))
        {
            codec.Life = life.GetBytesFromBase64();
            codec.IsSealedFromTheFirst = state.TryGetProperty("sealed", out var isSealed) && isSealed.ValueKind == JsonValueKind.True;
        }

        ReadInputs(state);
        if (state.TryGetProperty("tokens", out var tokens) && state.TryGetProperty("cost", out var cost))
        {
            history.Usage = new(tokens.GetInt64(), cost.GetDouble());
        }

        if (state.TryGetProperty("previous", out var previous))
        {
            foreach (var entry in previous.EnumerateArray())
            {
                var action = Find(JournalCodec.Text(entry, "action") ?? "");
                var status = Status(entry);
                run.PreviousStatuses[action] = status;
                if (status == ActionStatus.Completed)
                {
                    SetOutput(action, entry, run.SetPrevious);
                }
            }
        }

        if (state.TryGetProperty("failed", out var failed))
        {
            foreach (var entry in failed.EnumerateArray())
            {
                RestoreFailure(entry);
            }
        }

        foreach (var entry in state.GetProperty("settled").EnumerateArray())
        {
            var name = JournalCodec.Text(entry, "action") ?? "";
            ReadElementFailures(Find(name), entry);
            Restore(Find(name), Status(entry), entry);
        }

        if (state.TryGetProperty("signals", out var signals))
        {
            foreach (var signal in signals.EnumerateArray())
            {
                history.Take(signal.GetString() ?? "");
            }
        }

        if (state.TryGetProperty("started", out var started))
        {
            history.Started = started.GetInt32();
        }
    }

    private void ReadElementFailures(int action, JsonElement entry)
    {
        if (entry.TryGetProperty("elements", out var elements))
        {
            foreach (var element in elements.EnumerateArray())
            {
                run.TellElementFailure(action, _iteration, element.GetProperty("item").GetInt32(), JournalCodec.ReadError(element) ?? throw Damaged("its snapshot has a failed element without an error"));
            }
        }
    }

    private ActionStatus Status(JsonElement entry) =>
        Enum.TryParse<ActionStatus>(JournalCodec.Text(entry, "status"), out var status) && Enum.IsDefined(status) ? status : throw Damaged("its snapshot has an action without a status");

    private DamagedSessionException Damaged(string what) => new(session, what);
}
