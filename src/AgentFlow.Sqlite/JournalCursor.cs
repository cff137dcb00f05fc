using System.Globalization;

namespace AgentFlow;

/// <summary>Reads the records of a session in their order: each from those that are sorted, or from the tail.</summary>
internal sealed class JournalCursor(Func<string, Statement> prepare)
{
    private readonly Statement _sorted = prepare($"SELECT {JournalRow.Columns} FROM agentflow_journal WHERE session = ?1 AND sequence > ?2 ORDER BY sequence");

    /// <summary>Records come into the tail in their order.</summary>
    private readonly Statement _tail = prepare($"SELECT {JournalRow.Columns} FROM agentflow_tail WHERE session = ?1 AND sequence > ?2 ORDER BY number");
    private long _session;

    /// <summary>Whether the statement is at a record that was not read yet.</summary>
    private bool _hasSorted;
    private bool _isInTail;

    /// <summary>Begins with the record that follows another, in a transaction: the two tables are read at one moment.</summary>
    public void Begin(long session, long after)
    {
        _session = session;
        _isInTail = false;
        _hasSorted = _sorted.Bind(1, session).Bind(2, after).Step();
    }

    /// <summary>Reads the next record.</summary>
    /// <exception cref="DamagedSessionException">It is not there, or is not what was written.</exception>
    public JournalRecord Read(string id, long sequence)
    {
        if (_hasSorted && _sorted.Number(0) == sequence)
        {
            var record = JournalRow.Read(_sorted, id, sequence);
            _hasSorted = _sorted.Step();
            return record;
        }

        // Not before it is needed: the damage of a page that many share is not told to sessions that have nothing there.
        if (!_isInTail)
        {
            _isInTail = true;
            _tail.Bind(1, _session).Bind(2, sequence - 1);
        }

        return _tail.Step() ? JournalRow.Read(_tail, id, sequence)
            : throw new DamagedSessionException(id, string.Create(CultureInfo.InvariantCulture, $"record {sequence} is missing"));
    }

    public void End()
    {
        _sorted.Reset();
        _tail.Reset();
    }
}
