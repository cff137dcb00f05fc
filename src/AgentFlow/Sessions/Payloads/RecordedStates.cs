namespace AgentFlow;

/// <summary>
/// What the records say that a session has become. Every change of state is recorded with it, but for one that other records make: what is
/// recorded after a change has set the session going. So what a store says of a session's state can be checked against its journal.
/// </summary>
/// <param name="codec">What opens.</param>
internal sealed class RecordedStates(JournalCodec codec)
{
    private readonly Dictionary<long, SessionState> _states = [];
    private SessionState? _last;

    /// <summary>Whether a record was taken that says something of the state.</summary>
    public bool IsKnown { get; private set; }

    /// <summary>Takes the next record.</summary>
    public void Take(JournalRecord record) => Take(record, record.Kind == JournalKind.StateChanged ? StateOf(codec.Read(record)) : null);

    /// <summary>Takes the next record, which was read already.</summary>
    /// <param name="record">The record.</param>
    /// <param name="becomes">What it says that the session becomes.</param>
    public void Take(JournalRecord record, SessionState? becomes)
    {
        if (record.Kind != JournalKind.Checkpoint)
        {
            _last = becomes;
            IsKnown = true;
        }

        if (_last is { } state)
        {
            _states[record.Sequence] = state;
        }
    }

    /// <summary>Compares what a store says with the records up to the one that it says is the last.</summary>
    /// <param name="info">What the store says.</param>
    /// <param name="summarised">The last record that was not read, because a snapshot was.</param>
    /// <exception cref="DamagedSessionException">They differ.</exception>
    public void Check(SessionInfo info, long summarised = 0)
    {
        if (info.Sequence >= summarised)
        {
            Check(codec, info, _states.TryGetValue(info.Sequence, out var state) ? state : null);
        }
    }

    /// <summary>Compares what a store says with the state that was recorded last; null if other records came after it.</summary>
    /// <exception cref="DamagedSessionException">They differ.</exception>
    public static void Check(JournalCodec codec, SessionInfo info, SessionState? recorded)
    {
        // A fork that has nothing of its own yet shares another's states.
        if (info.Sequence <= codec.Lineage.Shared)
        {
            return;
        }

        // What is snapshotted is at work, or waits.
        var isExpected = recorded is null ? !info.State.IsEnded() && info.State != SessionState.Uncertain : info.State == recorded;
        if (!isExpected)
        {
            var journal = recorded is null ? "that it goes on" : $"that it is {recorded}";
            throw codec.Damaged($"its store says that it is {info.State}, and its journal {journal}");
        }
    }

    public static SessionState? StateOf(System.Text.Json.JsonElement change) =>
        Enum.TryParse<SessionState>(JournalCodec.Text(change, "state"), out var state) && Enum.IsDefined(state) ? state : null;
}
