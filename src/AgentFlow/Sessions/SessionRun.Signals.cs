namespace AgentFlow;

/// <summary>Opens signals, and takes those out of the way that the session cannot use: it goes on waiting for one that it can.</summary>
internal sealed partial class SessionRun
{
    /// <summary>What signals say that are about to be taken. Only the one who reads signals touches it.</summary>
    private readonly Dictionary<long, (object? Value, JournalRecord Record, string? Id)> _opened = [];

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
                    _opened[signal.Number] = (value, _codec.Answer(place, _run.OutputJson(action) is null ? default : content, signal.Sender, _history.Generation(place), id), id);
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

        Enqueue(new Entry { Record = opened.Record, Action = action, Status = ActionStatus.Completed, Then = Then.Settle, Signal = signal.Number });
    }
}
