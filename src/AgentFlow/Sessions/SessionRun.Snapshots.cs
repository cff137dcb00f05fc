namespace AgentFlow;

/// <summary>
/// Snapshots of looping agents, whose journals grow while their state does not. One is written whenever the journal has grown by as much as
/// the last snapshot was long, so that writing them costs no more than the journal itself and a resumption reads at most twice the state.
/// </summary>
internal sealed partial class SessionRun
{
    private const int SmallestTail = 8 * 1024;

    private long _tail;
    private long _lastSnapshot;

    /// <summary>Takes over what the worker before has left: a session that rests after every few steps needs snapshots too.</summary>
    public void GoOnAfter(long snapshot, long tail) => (_lastSnapshot, _tail) = (snapshot, tail);

    /// <summary>About how long a record is.</summary>
    public static long SizeOf(JournalRecord record) => 64 + record.Payload.Length;

    private SessionSnapshot? MakeSnapshot(List<Entry> batch, SessionRest? rest)
    {
        if (!_run.Plan.Loops || _run.Plan.HasCompensations)
        {
            return null;
        }

        var records = 0;
        foreach (var entry in batch)
        {
            if (entry.Record is not null)
            {
                records++;
                _tail += SizeOf(entry.Record);
            }
        }

        // What is settled already, or will be by this very append, must be all there is.
        if (_tail < Math.Max(SmallestTail, _lastSnapshot) || rest is { State: not SessionState.Suspended } || Durability != Durability.Step)
        {
            return null;
        }

        var iteration = _run.Iteration;
        var settled = _history.Settled(iteration).ToList();
        var started = _history.Started;
        var usage = _history.Usage;
        var closing = new List<string>();
        foreach (var entry in batch)
        {
            if (entry.Then is Then.Start or Then.StartDue or Then.Transact
                || entry.Wait is not null
                || entry.Cancels
                || entry.Record is { Item: >= 0 } or { Kind: JournalKind.Struck })
            {
                return null;
            }

            usage += entry.Usage;
            if (entry.Then is Then.Settle or Then.Forget)
            {
                var attempts = _run.AttemptsOf(entry.Action);
                started += attempts + _history.BegunApart(entry.Record!.Iteration, entry.Record.Action);
                if (entry.Record!.Iteration == iteration)
                {
                    settled.Add(new(iteration, entry.Action, entry.Status, entry.Error, attempts));
                    closing.Add(entry.Record.Action);
                }
            }
        }

        if (_history.HasLooseEnds(iteration, closing))
        {
            return null;
        }

        byte[] content;
        try
        {
            content = _codec.SealSnapshot(
                writer => StateCodec.Write(writer, _run, _shape, _history, iteration, settled, started, usage, codec: _codec),
                _sequence + records,
                Chain.Next);
        }
        catch (Exception)
        {
            // A value that was read and cannot be written. The journal has it; the next snapshot comes without it, or not at all.
            return null;
        }

        _lastSnapshot = content.Length;
        _tail = 0;
        return new SessionSnapshot(_sequence + records, content);
    }
}
