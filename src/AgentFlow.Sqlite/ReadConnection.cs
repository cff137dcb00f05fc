using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;

namespace AgentFlow;

/// <summary>Reads what is committed, beside the writer. What is read is checked.</summary>
internal sealed class ReadConnection(string path, FileHealth health) : StoreConnection(path, health, SqliteOpenMode.ReadOnly)
{
    /// <summary>A page of a journal has at most so many bytes of payloads, or one record.</summary>
    private const int PageBytes = 1 << 20;
    private const int PageRecords = 1_000;

    private Statement? _begin;
    private Statement? _end;
    private JournalCursor? _journal;
    private Statement? _snapshot;
    private Statement? _signals;
    private Statement? _active;
    private Statement? _hasNews;
    private Statement? _next;

    public SessionInfo? Find(string id) => FindRow(id)?.Info;

    /// <summary>Reads one page of a journal.</summary>
    /// <param name="id">The session's id.</param>
    /// <param name="after">The sequence number after which to begin.</param>
    /// <param name="last">The last sequence number of the journal as it is.</param>
    /// <exception cref="SessionNotFoundException">There is no such session.</exception>
    /// <exception cref="DamagedSessionException">A record is missing, or is not what was written.</exception>
    public List<JournalRecord> ReadPage(string id, long after, out long last)
    {
        _begin ??= Prepare("BEGIN");
        _end ??= Prepare("COMMIT");
        _journal ??= new JournalCursor(Prepare);

        // The session and its records are read at one moment.
        _begin.Run();
        try
        {
            var row = FindRow(id) ?? throw new SessionNotFoundException(id);
            last = row.Info.Sequence;
            var records = new List<JournalRecord>();
            var bytes = 0L;
            _journal.Begin(row.Number, after);
            while (after < last && records.Count < PageRecords && bytes < PageBytes)
            {
                var record = _journal.Read(id, ++after);
                bytes += record.Payload.Length;
                records.Add(record);
            }

            return records;
        }
        finally
        {
            _journal.End();
            _end.Run();
        }
    }

    public SessionSnapshot? FindSnapshot(string id, long upTo)
    {
        _snapshot ??= Prepare("SELECT sequence, payload, checksum FROM agentflow_snapshots WHERE session = ?1");
        _begin ??= Prepare("BEGIN");
        _end ??= Prepare("COMMIT");
        _begin.Run();
        try
        {
            var row = FindRow(id) ?? throw new SessionNotFoundException(id);
            if (row.SnapshotAt == 0)
            {
                return null;
            }

            if (!_snapshot.Bind(1, row.Number).Step() || _snapshot.Number(0) != row.SnapshotAt)
            {
                throw new DamagedSessionException(id, "its snapshot is missing");
            }

            var snapshot = new SessionSnapshot(_snapshot.Number(0), _snapshot.Bytes(1).ToArray());
            return JournalRow.ChecksumOf(id, snapshot) != _snapshot.Number(2) ? throw new DamagedSessionException(id, "its snapshot has another checksum")
                : snapshot.Sequence <= upTo ? snapshot
                : null;
        }
        finally
        {
            _snapshot.Reset();
            _end.Run();
        }
    }

    public List<SignalRecord> ReadSignals(string id)
    {
        _begin ??= Prepare("BEGIN");
        _end ??= Prepare("COMMIT");
        _signals ??= Prepare("SELECT number, name, sender, key, arrived_at, payload, checksum FROM agentflow_signals WHERE session = ?1 AND taken = 0 ORDER BY number");
        _begin.Run();
        try
        {
            var row = FindRow(id) ?? throw new SessionNotFoundException(id);
            var signals = new List<SignalRecord>();
            _signals.Bind(1, row.Number);
            while (_signals.Step())
            {
                signals.Add(JournalRow.ReadSignal(_signals, id));
            }

            return signals.Count == row.Pending ? signals
                : throw new DamagedSessionException(id, string.Create(CultureInfo.InvariantCulture, $"{row.Pending} signals wait, and {signals.Count} are there"));
        }
        finally
        {
            _signals.Reset();
            _end.Run();
        }
    }

    /// <summary>Lists what a query asks for. A damaged session is left out: it is told when it is asked for.</summary>
    public List<SessionInfo> List(SessionQuery query)
    {
        var sql = new StringBuilder($"SELECT {SessionRow.Columns} FROM agentflow_sessions WHERE ");
        sql.Append(query.States.Count == 0 ? "state <> 8" : $"state IN ({string.Join(", ", query.States.Select(static (_, i) => string.Create(CultureInfo.InvariantCulture, $"?{i + 6}")))})")
            .Append(query.After is null ? "" : " AND id > ?1")
            .Append(query.Agent is null ? "" : " AND agent = ?2")
            .Append(query.Parent is null ? "" : " AND parent = ?3")
            .Append(query.UpdatedBefore is null ? "" : " AND updated_at < ?4")
            .Append(" ORDER BY id LIMIT ?5");
        using var list = new Statement(Handle, sql.ToString());
        list.Bind(5, query.Limit);
        Bind(query.After is not null, 1, query.After);
        Bind(query.Agent is not null, 2, query.Agent);
        Bind(query.Parent is not null, 3, query.Parent);
        if (query.UpdatedBefore is { } before)
        {
            list.Bind(4, before.UtcTicks);
        }

        for (var i = 0; i < query.States.Count; i++)
        {
            list.Bind(i + 6, (long)query.States[i]);
        }

        var sessions = new List<SessionInfo>();
        while (list.Step())
        {
            Add(sessions, list);
        }

        return sessions;

        void Bind(bool isAsked, int parameter, string? value)
        {
            if (isAsked)
            {
                list.Bind(parameter, value);
            }
        }
    }

    /// <summary>The sessions of an agent that go on by themselves if nobody owns them, in no order.</summary>
    public List<SessionInfo> ListDue(string agent, DateTimeOffset now)
    {
        _active ??= Prepare($"SELECT {SessionRow.Columns} FROM agentflow_sessions WHERE agent = ?1 AND state IN (0, 1, 2)");
        _hasNews ??= Prepare("SELECT 1 FROM agentflow_signals WHERE session = ?1 AND taken = 0 AND number > ?2 LIMIT 1");
        var sessions = new List<SessionInfo>();
        _active.Bind(1, agent);
        try
        {
            while (_active.Step())
            {
                try
                {
                    var row = SessionRow.Read(_active);
                    if (row.Info.State != SessionState.Suspended || row.Info.WakeAt <= now || (row.Pending > 0 && row.LastSignal > row.Info.SignalsSeen && HasNews(row)))
                    {
                        sessions.Add(row.Info);
                    }
                }
                catch (DamagedSessionException)
                {
                    // It is told when it is asked for; the others are due all the same.
                }
            }
        }
        finally
        {
            _active.Reset();
        }

        return sessions;
    }

    public DateTimeOffset? NextDue(string agent)
    {
        _next ??= Prepare("SELECT min(wake_at) FROM agentflow_sessions WHERE agent = ?1 AND state = 2 AND wake_at IS NOT NULL");
        try
        {
            return _next.Bind(1, agent).Step() && _next.NumberOrNull(0) is { } ticks && ticks >= 0 && ticks <= DateTimeOffset.MaxValue.Ticks ? SessionRow.TimeOf(ticks) : null;
        }
        finally
        {
            _next.Reset();
        }
    }

    private static void Add(List<SessionInfo> sessions, Statement list)
    {
        try
        {
            sessions.Add(SessionRow.Read(list).Info);
        }
        catch (DamagedSessionException)
        {
            // As above.
        }
    }

    private bool HasNews(SessionRow row)
    {
        try
        {
            return _hasNews!.Bind(1, row.Number).Bind(2, row.Info.SignalsSeen).Step();
        }
        finally
        {
            _hasNews!.Reset();
        }
    }
}
