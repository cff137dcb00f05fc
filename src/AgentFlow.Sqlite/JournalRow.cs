using System.Globalization;

namespace AgentFlow;

/// <summary>The rows that belong to a session, and their checksums, which contain its id: no row passes for another session's.</summary>
internal static class JournalRow
{
    public const string Columns = "sequence, recorded_at, epoch, kind, iteration, action, item, key, payload, checksum";

    /// <summary>Reads the record that a statement is at.</summary>
    /// <param name="statement">It has selected the columns.</param>
    /// <param name="session">The session's id.</param>
    /// <param name="sequence">Which record it has to be.</param>
    /// <exception cref="DamagedSessionException">It is another, or not what was written.</exception>
    public static JournalRecord Read(Statement statement, string session, long sequence)
    {
        if (statement.Number(0) != sequence)
        {
            throw new DamagedSessionException(session, string.Create(CultureInfo.InvariantCulture, $"record {sequence} is missing"));
        }

        try
        {
            var record = new JournalRecord
            {
                Sequence = sequence,
                Timestamp = SessionRow.TimeOf(statement.Number(1)),
                Epoch = statement.Number(2),
                Kind = checked((JournalKind)statement.Number(3)),
                Iteration = checked((int)statement.Number(4)),
                Action = statement.Text(5),
                Item = checked((int)statement.Number(6)),
                Key = statement.TextOrNull(7),
                Payload = statement.Bytes(8).ToArray(),
            };
            if (ChecksumOf(session, record) == statement.Number(9))
            {
                return record;
            }
        }
        catch (Exception e) when (e is OverflowException or ArgumentOutOfRangeException)
        {
            throw new DamagedSessionException(session, string.Create(CultureInfo.InvariantCulture, $"a number of record {sequence} is out of range"), e);
        }

        throw new DamagedSessionException(session, string.Create(CultureInfo.InvariantCulture, $"record {sequence} has another checksum"));
    }

    public static SignalRecord ReadSignal(Statement statement, string session)
    {
        try
        {
            var signal = new SignalRecord
            {
                Session = session,
                Number = statement.Number(0),
                Name = statement.Text(1),
                Sender = statement.Text(2),
                Key = statement.TextOrNull(3),
                Timestamp = SessionRow.TimeOf(statement.Number(4)),
                Payload = statement.Bytes(5).ToArray(),
            };
            if (ChecksumOf(signal) == statement.Number(6))
            {
                return signal;
            }
        }
        catch (ArgumentOutOfRangeException e)
        {
            throw new DamagedSessionException(session, "the time of a signal is out of range", e);
        }

        throw new DamagedSessionException(session, "a signal has another checksum");
    }

    public static long ChecksumOf(string session, JournalRecord record)
    {
        var check = default(RowCheck);
        check.Add(session);
        check.Add(record.Sequence);
        check.Add(record.Timestamp.UtcTicks);
        check.Add(record.Epoch);
        check.Add((long)record.Kind);
        check.Add((long)record.Iteration);
        check.Add(record.Action);
        check.Add((long)record.Item);
        check.Add(record.Key);
        check.Add(record.Payload.Span);
        return check.Value;
    }

    public static long ChecksumOf(SignalRecord signal)
    {
        var check = default(RowCheck);
        check.Add(signal.Session);
        check.Add(signal.Number);
        check.Add(signal.Name);
        check.Add(signal.Sender);
        check.Add(signal.Key);
        check.Add(signal.Timestamp.UtcTicks);
        check.Add(signal.Payload.Span);
        return check.Value;
    }

    public static long ChecksumOf(string session, SessionSnapshot snapshot)
    {
        var check = default(RowCheck);
        check.Add(session);
        check.Add(snapshot.Sequence);
        check.Add(snapshot.Payload.Span);
        return check.Value;
    }
}
