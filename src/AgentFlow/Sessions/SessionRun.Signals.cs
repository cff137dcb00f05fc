namespace AgentFlow;

/// <summary>Opens signals, and takes those out of the way that the session cannot use: it goes on waiting for one that it can.</summary>
internal sealed partial class SessionRun
{
    /// <summary>What signals say that are about to be taken. Only the one who reads signals touches it.</summary>
    private readonly Dictionary<long, OpenedSignal> _opened = [];

    private readonly record struct OpenedSignal(object? Value, JournalRecord Record, string? Id);

    /// <summary>Leaves out the signals that nobody could take.</summary>
    private IReadOnlyList<SignalRecord> Sift(IReadOnlyList<SignalRecord> signals)
    {
        int[] awaiting;
        List<SignalRecord> candidates;
        lock (_gate)
        {
            if (_isLeaving)
            {
                return signals;
            }

            awaiting = [.. _awaiting];
            candidates = [.. signals.Where(s => !_taken.Contains(s.Number) && _awaiting.Exists(a => _run.Plan.NameOf(a) == s.Name))];
        }

        signals = [.. signals.Where(signal => !TakeRequest(signal))];
        RefuseUnknown(signals);
        HashSet<long>? useless = null;
        foreach (var action in awaiting)
        {
            // One for each that waits: the others are looked at when it is their turn.
            var at = 0;
            while ((at = candidates.FindIndex(at, s => s.Name == _run.Plan.NameOf(action))) >= 0)
            {
                var signal = candidates[at];
                candidates.RemoveAt(at);
                if (TryOpen(action, signal))
                {
                    break;
                }

                (useless ??= []).Add(signal.Number);
            }
        }

        return useless is null ? signals : [.. signals.Where(s => !useless.Contains(s.Number))];
    }

    /// <summary>
    /// Takes signals out of the way that no action of the agent waits for, ever: a session keeps only so many. Some at a time, so that no
    /// append becomes too large.
    /// </summary>
    private void RefuseUnknown(IReadOnlyList<SignalRecord> signals)
    {
        var unknown = signals.Where(s => !_run.Plan.Graph.Actions.Any(action => action.IsSignal && action.Name == s.Name)).Take(ReadAhead).ToList();
        foreach (var signal in unknown)
        {
            lock (_gate)
            {
                _signalsSeen = Math.Max(_signalsSeen, signal.Number);
                _hasNewSignals |= unknown.Count == ReadAhead;
                if (!_taken.Add(signal.Number))
                {
                    continue;
                }
            }

            AgentTelemetry.RefusedSignals.Add(1);
            Enqueue(new Entry { Record = _codec.Refused(signal, "the agent has no such signal"), Signal = signal.Number, Flushes = true });
        }
    }

    /// <summary>
    /// Whether a signal is an action's, and was opened. If an action begins to wait for one while the signals are looked at, it is taken when they are
    /// looked at again.
    /// </summary>
    private bool IsOpenedFor(int action, SignalRecord signal) =>
        _run.Plan.NameOf(action) == signal.Name && _opened.ContainsKey(signal.Number);

    private bool TryOpen(int action, SignalRecord signal)
    {
        if (_opened.ContainsKey(signal.Number))
        {
            return true;
        }

        string? reason;
        var isKept = false;
        try
        {
            if (_codec.OpenSignal(signal, out reason) is { } content)
            {
                var id = _codec.IdOf(signal);
                var wasTaken = id is not null && _history.WasTaken(id);
                object? value = null;
                reason = wasTaken ? "it was taken before" : SignalDoor.Read(_codec, _run, _shape, action, content, out value, out _);
                if (reason is null)
                {
                    var place = PlaceOf(action);
                    var answer = _run.OutputJson(action) is null ? default : content;
                    var record = _codec.Answer(place, answer, signal.Sender, _history.Generation(place), id);
                    _opened[signal.Number] = new(value, record, id);
                    return true;
                }
            }
            else
            {
                // Another worker may have the key.
                isKept = _codec.MissingKeyOf(signal) is not null;
            }
        }
        catch (SessionException e)
        {
            reason = e.Message;
        }

        AgentTelemetry.RefusedSignals.Add(1);
        lock (_gate)
        {
            _signalsSeen = Math.Max(_signalsSeen, signal.Number);
            if (isKept || !_taken.Add(signal.Number))
            {
                return false;
            }
        }

        Enqueue(new Entry { Record = _codec.Refused(signal, reason ?? "it cannot be read"), Signal = signal.Number, Flushes = true });
        return false;
    }

    /// <summary>Answers all who are to be. Those who are not, because answering one throws, are let go: nobody else would.</summary>
    private void Answer(List<(int Action, SignalRecord Signal)> matches)
    {
        var answered = 0;
        try
        {
            for (; answered < matches.Count; answered++)
            {
                Answer(matches[answered].Action, matches[answered].Signal);
            }
        }
        catch (Exception e)
        {
            Break(e);
            foreach (var (action, _) in matches.Skip(answered))
            {
                SettleNow(action, ActionStatus.Skipped, null);
            }

            throw;
        }
    }

    private void Answer(int action, SignalRecord signal)
    {
        _opened.Remove(signal.Number, out var opened);
        if (opened.Id is not null)
        {
            _history.Take(opened.Id);
        }

        if (_run.OutputJson(action) is not null)
        {
            _run.SetOutput(action, opened.Value);
        }

        // It may have been opened in an earlier iteration, for an action whose time was up.
        var place = PlaceOf(action);
        var record = opened.Record with { Iteration = place.Iteration, Key = JournalKeys.Outcome(place, _history.Generation(place)) };
        Enqueue(new Entry
        {
            Record = record,
            Action = action,
            Status = ActionStatus.Completed,
            Then = Then.Settle,
            Signal = signal.Number,
        });
    }
}
