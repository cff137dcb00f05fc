namespace AgentFlow;

/// <summary>A session in memory, and the rules by which it changes: what the memory and the file store share. Not thread-safe.</summary>
internal sealed class StoredSession
{
    private readonly List<JournalRecord> _journal = [];
    private readonly HashSet<string> _keys = new(StringComparer.Ordinal);
    private readonly List<SignalRecord> _signals = [];
    private readonly HashSet<(string Sender, string Key)> _signalKeys = [];
    private long _lastSignal;
    private DateTimeOffset _leasedUntil;

    private StoredSession(SessionInfo info) => Info = info;

    public SessionInfo Info { get; private set; }

    public SessionSnapshot? Snapshot { get; private set; }

    public IReadOnlyList<JournalRecord> Journal => _journal;

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

    public StoredSession Fork(long upTo, SessionInfo session, DateTimeOffset now)
    {
        if (upTo < 1 || upTo > Info.Sequence)
        {
            throw new SessionNotFoundException($"{Info.Id}@{upTo}");
        }

        var fork = new StoredSession(session with
        {
            Agent = Info.Agent,
            Shape = Info.Shape,
            State = SessionState.Paused,
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
        _leasedUntil = now + lease;
        return new SessionClaim(Info, owner, Info.Epoch, now);
    }

    /// <summary>Begins the lease of a claim that was made with the session.</summary>
    public void Claim(string owner, DateTimeOffset now, TimeSpan lease, bool renews)
    {
        Info = Info with { Owner = owner };
        _leasedUntil = renews ? now + lease : now;
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
        if (append.After != Info.Sequence || append.Records.Any(r => r.Key is not null && _keys.Contains(r.Key)))
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
            WakeAt = append.SetsWake ? now + append.WakeAfter : Info.WakeAt,
            SignalsSeen = append.SignalsSeen ?? Info.SignalsSeen,
            Owner = append.Releases ? null : Info.Owner,
        };
    }

    /// <summary>Whether a signal is new. Changes nothing.</summary>
    public bool Validate(SignalRecord signal) => Info.State.IsEnded()
        ? throw new InvalidSessionTransitionException(Info.Id, Info.State, "signal")
        : signal.Key is null || !_signalKeys.Contains((signal.Sender, signal.Key));

    /// <summary>Keeps a signal that <see cref="Validate(SignalRecord)"/> has let pass.</summary>
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
            Keep(record with { Sequence = _journal.Count + 1, Timestamp = now, Epoch = Info.Epoch });
        }

        Info = Info with { Sequence = _journal.Count };
    }

    private void Keep(JournalRecord record)
    {
        _journal.Add(record);
        if (record.Key is not null)
        {
            _keys.Add(record.Key);
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
