namespace AgentFlow;

/// <summary>A session as its row has it: without its owner, who is known in memory alone.</summary>
/// <param name="Number">What the rows that belong to it know it by.</param>
/// <param name="Info">The session.</param>
/// <param name="LastSignal">The number of the last signal that has come.</param>
/// <param name="Pending">How many signals no record has taken.</param>
/// <param name="SnapshotAt">The sequence number of the session's snapshot, or 0.</param>
internal sealed record SessionRow(long Number, SessionInfo Info, long LastSignal, long Pending, long SnapshotAt)
{
    public const string Columns = "number, id, agent, shape, state, mode, sequence, epoch, wake_at, signals_seen, created_at, updated_at, parent, forked_from, forked_at, last_signal, pending, snapshot_at, checksum";

    public long Checksum => ChecksumOf(Info, LastSignal, Pending, SnapshotAt);

    /// <summary>Reads the row that a statement is at.</summary>
    /// <param name="statement">It has selected the columns.</param>
    /// <param name="id">The id that was asked for, or null.</param>
    /// <exception cref="DamagedSessionException">The row is not what was written.</exception>
    public static SessionRow Read(Statement statement, string? id = null)
    {
        var found = statement.Text(1);
        try
        {
            var info = new SessionInfo
            {
                Id = found,
                Agent = statement.Text(2),
                Shape = statement.Text(3),
                State = checked((SessionState)statement.Number(4)),
                Mode = statement.Text(5),
                Sequence = statement.Number(6),
                Epoch = statement.Number(7),
                WakeAt = statement.NumberOrNull(8) is { } wake ? TimeOf(wake) : null,
                SignalsSeen = statement.Number(9),
                CreatedAt = TimeOf(statement.Number(10)),
                UpdatedAt = TimeOf(statement.Number(11)),
                Parent = statement.TextOrNull(12),
                ForkedFrom = statement.TextOrNull(13),
                ForkedAt = statement.Number(14),
            };
            var row = new SessionRow(statement.Number(0), info, statement.Number(15), statement.Number(16), statement.Number(17));
            if (row.Checksum == statement.Number(18) && (id is null || id == found))
            {
                return row;
            }
        }
        catch (Exception e) when (e is OverflowException or ArgumentOutOfRangeException)
        {
            throw new DamagedSessionException(id ?? found, "a number of its row is out of range", e);
        }

        throw new DamagedSessionException(id ?? found, "its row has another checksum");
    }

    public static DateTimeOffset TimeOf(long ticks) => new(ticks, TimeSpan.Zero);

    private static long ChecksumOf(SessionInfo info, long lastSignal, long pending, long snapshotAt)
    {
        var check = default(RowCheck);
        check.Add(info.Id);
        check.Add(info.Agent);
        check.Add(info.Shape);
        check.Add((long)info.State);
        check.Add(info.Mode);
        check.Add(info.Sequence);
        check.Add(info.Epoch);
        check.Add(info.WakeAt?.UtcTicks);
        check.Add(info.SignalsSeen);
        check.Add(info.CreatedAt.UtcTicks);
        check.Add(info.UpdatedAt.UtcTicks);
        check.Add(info.Parent);
        check.Add(info.ForkedFrom);
        check.Add(info.ForkedAt);
        check.Add(lastSignal);
        check.Add(pending);
        check.Add(snapshotAt);
        return check.Value;
    }
}
