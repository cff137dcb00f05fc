namespace AgentFlow;

/// <summary>A session in memory, and the rules by which it changes: what the memory and the file store share. Not thread-safe.</summary>
internal sealed class StoredSession
{
    private readonly List<JournalRecord> _journal = [];
    private readonly HashSet<string> _keys = new(StringComparer.Ordinal);
    private readonly List<SignalRecord> _signals = [];
    private readonly HashSet<(string Sender, string Key)> _signalKeys = [];

    /// <summary>The keys of the last iteration that any key names: those that go into a point.</summary>
    private readonly HashSet<string> _lastKeys = new(StringComparer.Ordinal);
    private int _lastIteration = -1;
    private long _lastSignal;
    private DateTimeOffset _leasedUntil;

    /// <summary>How many records of the beginning are not in memory, nor the keys of iterations before the last.</summary>
    private int _missing;

    private StoredSession(SessionInfo info) => Info = info;

    public SessionInfo Info { get; private set; }

    public SessionSnapshot? Snapshot { get; private set; }

    /// <summary>All records but those that are missing.</summary>
    public IReadOnlyList<JournalRecord> Journal => _journal;

    /// <summary>Whether nothing is missing.</summary>
    public bool IsWhole => _missing == 0;

    /// <summary>Those that no record has taken.</summary>
    public IReadOnlyList<SignalRecord> Signals => _signals;

    public static StoredSession Create(SessionInfo session, IReadOnlyList<JournalRecord> records, DateTimeOffset now)
    {
        var stored = new StoredSession(session with { State = SessionState.Created, Sequence = 0, Epoch = 0, Owner = null, WakeAt = null, SignalsSeen = 0, CreatedAt = now, UpdatedAt = now });
        stored.Add(records, now);
        return stored;
    }

    /// <summary>A session whose records have their times and epochs already.</summary>
    public static StoredSession Restore(SessionInfo info, IReadOnlyList<JournalRecord> records, SessionSnapshot? snapshot)
    {
        var stored = new StoredSession(info with { Sequence = records.Count, UpdatedAt = info.CreatedAt }) { Snapshot = snapshot };
        foreach (var record in records)
        {
            stored.Keep(record with { Sequence = stored._journal.Count + 1 });
        }

        return stored;
    }

    /// <summary>A session of which only what is needed to go on is at hand.</summary>
    public static StoredSession Restore(SessionPoint point)
    {
        var stored = new StoredSession(point.Info) { Snapshot = point.Snapshot, _missing = (int)point.Info.Sequence, _lastSignal = point.LastSignal, _lastIteration = point.Iteration };
        stored._signals.AddRange(point.Signals);
        stored._signalKeys.UnionWith(point.SignalKeys);
        stored._keys.UnionWith(point.Keys);
        stored._lastKeys.UnionWith(point.Keys);
        return stored;
    }

    /// <summary>What is needed to go on from here.</summary>
    public SessionPoint ToPoint() => new(Info, Snapshot, _lastSignal, [.. _signals], [.. _signalKeys], _lastIteration, [.. _lastKeys]);

    /// <summary>The records after a place, or null if some of them are missing.</summary>
    public JournalRecord[]? After(long sequence) => Math.Max(0, sequence) < _missing ? null : [.. _journal.Skip((int)Math.Min(int.MaxValue, sequence - _missing))];

    /// <summary>Whether what an append says can be compared with all that it must differ from.</summary>
    public bool CanJudge(SessionAppend append) => IsWhole || append.Records.All(r => r.Key is null || JournalKeys.IterationOf(r.Key) >= _lastIteration);

    /// <summary>Adds the beginning that is missing.</summary>
    /// <param name="whole">The same session, read from its beginning.</param>
    public void Complete(StoredSession whole)
    {
        if (whole.Info.Sequence != Info.Sequence)
        {
            throw new FormatException("The records are not as many as they were.");
        }

        _journal.InsertRange(0, whole._journal.Take(_missing));
        _keys.UnionWith(whole._keys);
        _missing = 0;
    }

    public StoredSession Fork(SessionFork from, DateTimeOffset now)
    {
        var (upTo, session) = (from.UpTo, from.Session);
        if (upTo < 1 || upTo > Info.Sequence)
        {
            throw new SessionNotFoundException($"{Info.Id}@{upTo}");
        }

        var fork = new StoredSession(session with
        {
            Agent = Info.Agent,
            Shape = Info.Shape,
            State = from.State,
            Sequence = upTo,
            Epoch = 0,
            Owner = null,
            WakeAt = null,
            SignalsSeen = 0,
            CreatedAt = now,
            UpdatedAt = now,
            ForkedFrom = Info.Id,
            ForkedAt = upTo,
        });
        foreach (var record in _journal.Take((int)upTo))
        {
            fork.Keep(record);
        }

        fork.Snapshot = Snapshot?.Sequence <= upTo ? Snapshot : null;
        if (from.Records.Any(r => r.Key is not null && fork._keys.Contains(r.Key)))
        {
            throw new FencedException(session.Id);
        }

        fork.Add(from.Records, now);
        return fork;
    }

    public bool IsOwned(DateTimeOffset now) => Info.Owner is not null && _leasedUntil > now;

    public bool IsDue(DateTimeOffset now) => !IsOwned(now) && Info.State switch
    {
        SessionState.Created or SessionState.Running => true,
        SessionState.Suspended => Info.WakeAt <= now || (_signals.Count > 0 && _signals[^1].Number > Info.SignalsSeen),
        _ => false,
    };

    public SessionClaim? Claim(string owner, DateTimeOffset now, TimeSpan lease)
    {
        if (!CanClaim(owner, now))
        {
            return null;
        }

        Info = Info with { Owner = owner, Epoch = Info.Epoch + 1 };
        _leasedUntil = TimerSpan.After(now, lease);
        return new SessionClaim(Info, owner, Info.Epoch, now);
    }

    /// <summary>Begins the lease of a claim that was made with the session.</summary>
    public void Claim(string owner, DateTimeOffset now, TimeSpan lease, bool renews)
    {
        Info = Info with { Owner = owner };
        _leasedUntil = renews ? TimerSpan.After(now, lease) : now;
    }

    public bool CanClaim(string owner, DateTimeOffset now) => !IsOwned(now) || Info.Owner == owner;

    /// <summary>Forgets whoever owned the session in a process that is gone.</summary>
    public void Abandon() => Info = Info with { Owner = null };

    public void Renew(SessionClaim claim, DateTimeOffset until)
    {
        Check(claim);
        _leasedUntil = until;
    }

    public void Release(SessionClaim claim)
    {
        if (Info.Epoch == claim.Epoch)
        {
            Info = Info with { Owner = null };
        }
    }

    /// <summary>Refuses what must not be added. Changes nothing.</summary>
    public void Validate(SessionAppend append)
    {
        Check(append.Claim);
        if (append.After != Info.Sequence
            || append.Records.Any(r => r.Key is not null && _keys.Contains(r.Key))
            || append.Consumed.Any(number => !_signals.Exists(s => s.Number == number)))
        {
            throw new FencedException(Info.Id);
        }

        var state = append.State ?? Info.State;
        if (!Info.State.CanBecome(state))
        {
            throw new InvalidSessionTransitionException(Info.Id, Info.State, $"make {state}");
        }
    }

    /// <summary>Adds what <see cref="Validate(SessionAppend)"/> has let pass.</summary>
    public void Append(SessionAppend append, DateTimeOffset now)
    {
        var state = append.State ?? Info.State;
        Add(append.Records, now);
        foreach (var taken in append.Consumed)
        {
            _signals.RemoveAll(s => s.Number == taken);
        }

        Snapshot = append.Snapshot ?? Snapshot;
        Info = Info with
        {
            State = state,
            UpdatedAt = now,
            WakeAt = append.SetsWake ? TimerSpan.After(now, append.WakeAfter) : Info.WakeAt,
            SignalsSeen = append.SignalsSeen ?? Info.SignalsSeen,
            Owner = append.Releases ? null : Info.Owner,
        };
    }

    /// <summary>Whether a signal is new. Changes nothing.</summary>
    public bool Validate(SignalRecord signal, SignalLimits limits)
    {
        if (Info.State.IsEnded())
        {
            throw new InvalidSessionTransitionException(Info.Id, Info.State, "signal");
        }

        if (signal.Key is not null && _signalKeys.Contains((signal.Sender, signal.Key)))
        {
            return false;
        }

        limits.CheckPending(Info.Id, _signals.Count);
        return true;
    }

    /// <summary>Keeps a signal that <see cref="Validate(SignalRecord, SignalLimits)"/> has let pass.</summary>
    public void Signal(SignalRecord signal, DateTimeOffset now)
    {
        if (signal.Key is not null)
        {
            _signalKeys.Add((signal.Sender, signal.Key));
        }

        _signals.Add(signal with { Number = ++_lastSignal, Timestamp = now });
    }

    private void Add(IReadOnlyList<JournalRecord> records, DateTimeOffset now)
    {
        foreach (var record in records)
        {
            Keep(record with { Sequence = _missing + _journal.Count + 1, Timestamp = now, Epoch = Info.Epoch });
        }

        Info = Info with { Sequence = _missing + _journal.Count };
    }

    private void Keep(JournalRecord record)
    {
        _journal.Add(record);
        if (record.Key is null)
        {
            return;
        }

        _keys.Add(record.Key);
        var iteration = JournalKeys.IterationOf(record.Key);
        if (iteration > _lastIteration)
        {
            _lastIteration = iteration;
            _lastKeys.Clear();
        }

        if (iteration == _lastIteration)
        {
            _lastKeys.Add(record.Key);
        }
    }

    private void Check(SessionClaim claim)
    {
        if (Info.Epoch != claim.Epoch || Info.Owner != claim.Owner)
        {
            throw new FencedException(Info.Id);
        }
    }
}
