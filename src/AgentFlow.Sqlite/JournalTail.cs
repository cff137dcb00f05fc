namespace AgentFlow;

/// <summary>
/// The end of the journal: records in the order in which they came, those of many sessions on one page. Sorted among the others each would
/// have a page to itself, and its key another; so they are sorted many at a time. Those that are long are sorted at once.
/// </summary>
internal sealed class JournalTail(Func<string, Statement> prepare)
{
    /// <summary>The tail is sorted when it has so many records: few enough to be searched, and to be sorted while callers wait.</summary>
    private const int MaxRecords = 4096;

    /// <summary>A longer payload has pages to itself wherever it is: to move it would be to write it twice.</summary>
    private const int MaxPayload = 4096;

    private const string All = "session, sequence, recorded_at, epoch, kind, iteration, action, item, key, payload, checksum";
    private const string Values = "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";

    private readonly Statement _insert = prepare($"INSERT INTO agentflow_tail({All}) {Values}");
    private readonly Statement _insertSorted = prepare($"INSERT INTO agentflow_journal({All}) {Values}");
    private readonly Statement _findKey = prepare("SELECT 1 FROM agentflow_journal WHERE session = ?1 AND key = ?2");
    private readonly Statement _sort = prepare($"INSERT INTO agentflow_journal({All}) SELECT {All} FROM agentflow_tail ORDER BY session, sequence");
    private readonly Statement _clear = prepare("DELETE FROM agentflow_tail");
    private readonly Statement _remove = prepare("DELETE FROM agentflow_tail WHERE session = ?1");
    private readonly Statement _read = prepare("SELECT session, key FROM agentflow_tail");
    private readonly Statement _check = prepare($"SELECT {JournalRow.Columns}, number, (SELECT s.id FROM agentflow_sessions s WHERE s.number = t.session) FROM agentflow_tail t");
    private readonly Statement _drop = prepare("DELETE FROM agentflow_tail WHERE number = ?1");

    /// <summary>The keys of the records in the tail, which no index on the disk has; or null, if they have to be read.</summary>
    private HashSet<(long Session, string Key)>? _keys;

    /// <summary>How many records there are; 0 if they have to be read.</summary>
    private int _count;

    /// <summary>Whether there is anything in the tail.</summary>
    public bool Any
    {
        get
        {
            Keys();
            return _count > 0;
        }
    }

    /// <summary>Whether it is to be sorted.</summary>
    public bool IsLong => _count >= MaxRecords;

    /// <summary>Takes the keys of records, or none of them, if one is there.</summary>
    /// <returns>Whether they were taken.</returns>
    public bool TryAddKeys(SessionRow row, IReadOnlyList<JournalRecord> records)
    {
        var keys = Keys();
        for (var i = 0; i < records.Count; i++)
        {
            if (records[i].Key is { } key && (IsSorted(row, key) || !keys.Add((row.Number, key))))
            {
                while (--i >= 0)
                {
                    if (records[i].Key is { } taken)
                    {
                        keys.Remove((row.Number, taken));
                    }
                }

                return false;
            }
        }

        return true;
    }

    /// <summary>Adds a record whose key was taken.</summary>
    public void Insert(SessionRow row, JournalRecord record)
    {
        if (record.Payload.Length > MaxPayload)
        {
            InsertSorted(row, record);
            return;
        }

        Insert(_insert, row, record);
        _count++;
    }

    /// <summary>Adds a record to those that are sorted.</summary>
    public void InsertSorted(SessionRow row, JournalRecord record) => Insert(_insertSorted, row, record);

    /// <summary>Removes the records of a session.</summary>
    public void Remove(SessionRow row)
    {
        _remove.Bind(1, row.Number).Run();
        _count -= _keys is null ? 0 : _remove.Changes;
        _keys?.RemoveWhere(k => k.Session == row.Number);
    }

    /// <summary>Moves all that there is, in the transaction under way.</summary>
    public void Sort()
    {
        _sort.Run();
        _clear.Run();
        _keys?.Clear();
        _count = 0;
    }

    /// <summary>Removes the rows that are not what was written, which may name another session than theirs.</summary>
    public void DropDamaged()
    {
        var damaged = new List<long>();
        try
        {
            while (_check.Step())
            {
                try
                {
                    JournalRow.Read(_check, _check.Text(11), _check.Number(0));
                }
                catch (DamagedSessionException)
                {
                    damaged.Add(_check.Number(10));
                }
            }
        }
        finally
        {
            _check.Reset();
        }

        damaged.ForEach(number => _drop.Bind(1, number).Run());
        Forget();
    }

    /// <summary>What is known of the table may no longer be so.</summary>
    public void Forget()
    {
        _keys = null;
        _count = 0;
    }

    private static void Insert(Statement insert, SessionRow row, JournalRecord record) =>
        insert.Bind(1, row.Number).Bind(2, record.Sequence).Bind(3, record.Timestamp.UtcTicks).Bind(4, record.Epoch).Bind(5, (long)record.Kind).Bind(6, (long)record.Iteration)
            .Bind(7, record.Action).Bind(8, (long)record.Item).Bind(9, record.Key).Bind(10, record.Payload.Span).Bind(11, JournalRow.ChecksumOf(row.Info.Id, record)).Run();

    private bool IsSorted(SessionRow row, string key)
    {
        try
        {
            return _findKey.Bind(1, row.Number).Bind(2, key).Step();
        }
        finally
        {
            _findKey.Reset();
        }
    }

    private HashSet<(long Session, string Key)> Keys()
    {
        if (_keys is not null)
        {
            return _keys;
        }

        var keys = new HashSet<(long, string)>();
        var count = 0;
        try
        {
            while (_read.Step())
            {
                count++;
                if (_read.TextOrNull(1) is { } key)
                {
                    keys.Add((_read.Number(0), key));
                }
            }
        }
        finally
        {
            _read.Reset();
        }

        _count = count;
        return _keys = keys;
    }
}
