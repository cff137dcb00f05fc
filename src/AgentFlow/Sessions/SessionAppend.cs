namespace AgentFlow;

/// <summary>One atomic addition to a session: all of it is recorded, or none.</summary>
public sealed record SessionAppend
{
    /// <summary>The right to write.</summary>
    public required SessionClaim Claim { get; init; }

    /// <summary>The sequence number that the session must be at.</summary>
    public required long After { get; init; }

    /// <summary>What to add; the first is recorded at <see cref="After"/> + 1.</summary>
    public IReadOnlyList<JournalRecord> Records { get; init; } = [];

    /// <summary>The state to change to, or null to keep it.</summary>
    public SessionState? State { get; init; }

    /// <summary>Whether to replace the time at which the session goes on by itself with <see cref="WakeAfter"/>.</summary>
    public bool SetsWake { get; init; }

    /// <summary>How long from now, on the store's clock, the session is due to go on by itself; null for never.</summary>
    public TimeSpan? WakeAfter { get; init; }

    /// <summary>A new snapshot, containing the records of this append, or null. Its sequence is that of the last one.</summary>
    public SessionSnapshot? Snapshot { get; init; }

    /// <summary>The numbers of the signals that the records take. The append is refused unless all of them are waiting: none is taken twice.</summary>
    public IReadOnlyList<long> Consumed { get; init; } = [];

    /// <summary>The number of the last signal that was looked at, or null to leave it: a suspended session is due when a later one has come.</summary>
    public long? SignalsSeen { get; init; }

    /// <summary>Whether to give the session up.</summary>
    public bool Releases { get; init; }
}
