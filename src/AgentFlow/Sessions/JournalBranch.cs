namespace AgentFlow;

/// <summary>What a journal says that still counts: whatever was struck later belongs to a future that was undone.</summary>
internal sealed class JournalBranch
{
    private readonly IReadOnlyList<JournalRecord> _journal;
    private readonly Dictionary<ActionPlace, int> _generations = [];

    /// <summary>For each place, where it was struck.</summary>
    private readonly Dictionary<ActionPlace, List<long>> _strikes = [];

    public JournalBranch(IReadOnlyList<JournalRecord> journal)
    {
        _journal = journal;
        foreach (var record in journal.Where(static r => r.Kind == JournalKind.Struck && r.Action.Length > 0))
        {
            var place = PlaceOf(record);
            _generations[place] = _generations.GetValueOrDefault(place) + 1;
            if (!_strikes.TryGetValue(place, out var strikes))
            {
                _strikes.Add(place, strikes = []);
            }

            strikes.Add(record.Sequence);
        }
    }

    /// <summary>The outcomes that count, in the order of the journal.</summary>
    public IEnumerable<JournalRecord> Outcomes => _journal.Where(static r => IsOutcome(r)).Where(IsCurrent);

    /// <summary>The outcomes that count, and what persons have put in their place.</summary>
    public IEnumerable<JournalRecord> OutcomesAndEdits => _journal.Where(r => IsOutcome(r) ? IsCurrent(r) : r.Kind == JournalKind.Edited && !IsStruckAfter(PlaceOf(r), r.Sequence));

    /// <summary>The checkpoints whose state is part of how the session stands: no outcome before them was struck after them.</summary>
    public IEnumerable<JournalRecord> Checkpoints => _journal.Where(r => r.Kind == JournalKind.Checkpoint && !UndoneSince(r.Sequence).Any());

    /// <summary>The actions that were undone, and not done again since.</summary>
    public IEnumerable<(int Iteration, string Action)> Compensated => _journal
        .Where(r => r.Kind == JournalKind.Compensated && (r.Key is null || r.Key == JournalKeys.Undone(PlaceOf(r), GenerationOf(PlaceOf(r)))))
        .Select(static r => (r.Iteration, r.Action));

    /// <summary>The last change of state, unless the session was set going again after it.</summary>
    public JournalRecord? LastChange =>
        _journal.LastOrDefault(static r => r.Kind is JournalKind.StateChanged or JournalKind.Struck) is { Kind: JournalKind.StateChanged } change ? change : null;

    /// <summary>Finds a checkpoint by its name.</summary>
    /// <exception cref="ArgumentException">There is none, or it is part of a future that was undone.</exception>
    public JournalRecord Checkpoint(string session, string name) => Checkpoints.LastOrDefault(r => r.Action == name)
        ?? throw new ArgumentException(_journal.Any(r => r.Kind == JournalKind.Checkpoint && r.Action == name)
            ? $"Checkpoint '{name}' of session '{session}' no longer counts: what was recorded before it was struck after it. Fork the session at its sequence number instead."
            : $"Session '{session}' has no checkpoint '{name}'.");

    /// <summary>The outcomes that counted at a place in the journal and no longer do.</summary>
    public IEnumerable<JournalRecord> UndoneSince(long sequence) =>
        _journal.Where(r => r.Sequence <= sequence && IsOutcome(r) && Struck(PlaceOf(r), r.Sequence) is { } at && at > sequence);

    /// <summary>The places that something was recorded for after a place in the journal: outcomes that count, and timers of what has none.</summary>
    public IEnumerable<ActionPlace> RecordedAfter(long sequence) => _journal
        .Where(r => r.Sequence > sequence && (IsOutcome(r)
            ? IsCurrent(r)
            : r.Kind == JournalKind.TimerSet && r.Key == JournalKeys.Timer(PlaceOf(r), GenerationOf(PlaceOf(r)))))
        .Select(PlaceOf)
        .Distinct();

    public static ActionPlace PlaceOf(JournalRecord record) => new(record.Iteration, record.Action, record.Item);

    public static JournalRecord Strike(ActionPlace place) => new() { Kind = JournalKind.Struck, Iteration = place.Iteration, Action = place.Action, Item = place.Item };

    private static bool IsOutcome(JournalRecord record) => record.Kind is JournalKind.Completed or JournalKind.Skipped or JournalKind.Failed;

    private int GenerationOf(ActionPlace place) => _generations.GetValueOrDefault(place);

    private bool IsCurrent(JournalRecord outcome) => outcome.Key is null || outcome.Key == JournalKeys.Outcome(PlaceOf(outcome), GenerationOf(PlaceOf(outcome)));

    private bool IsStruckAfter(ActionPlace place, long sequence) => Struck(place, sequence) is not null;

    /// <summary>Where what was recorded for a place was struck first.</summary>
    private long? Struck(ActionPlace place, long sequence)
    {
        if (_strikes.TryGetValue(place, out var strikes))
        {
            foreach (var strike in strikes)
            {
                if (strike > sequence)
                {
                    return strike;
                }
            }
        }

        return null;
    }
}
