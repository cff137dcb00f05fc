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

    /// <summary>
    /// Strikes chosen outcomes, so that they are made anew; with them everything that was undone, and everything of the iterations after the
    /// first in which something was: it rests on what stands no longer.
    /// </summary>
    /// <param name="wish">What is to be done, to what.</param>
    /// <param name="graph">The agent.</param>
    /// <param name="isChosen">Which outcomes are chosen.</param>
    /// <param name="isStruck">Which places somebody else strikes.</param>
    /// <returns>The records, in the order of the journal.</returns>
    /// <exception cref="InvalidSessionTransitionException">
    /// What happens at most once would happen again, though nobody has chosen it and nothing has undone it.
    /// </exception>
    public List<JournalRecord> Strikes(
        in Wish wish, AgentGraph graph, Func<JournalRecord, bool> isChosen, Func<ActionPlace, bool>? isStruck = null)
    {
        var undone = Compensated.ToHashSet();
        var first = undone.Select(static place => place.Iteration).DefaultIfEmpty(int.MaxValue).Min();
        var once = AtMostOnce(graph);
        var places = new List<ActionPlace>();
        var stale = ElementsOf(graph, undone);
        foreach (var record in _journal.Where(IsLeft))
        {
            var place = PlaceOf(record);
            if (stale.Contains(place) && record.Kind == JournalKind.Completed && once.Contains(record.Action))
            {
                throw Refused(wish, $"the sequence that '{record.Action}' runs over was undone, and its element {record.Item}, which happens at most once, has happened");
            }

            var isMeant = IsOutcome(record) && (isChosen(record) || undone.Contains((record.Iteration, record.Action)) || stale.Contains(place));
            if ((isMeant || record.Iteration > first) && isStruck?.Invoke(place) != true)
            {
                if (!isMeant && record.Kind == JournalKind.Completed && once.Contains(record.Action))
                {
                    throw Refused(
                        wish,
                        $"something was undone in its iteration {first}, from which on everything would be done anew; " +
                        $"but '{record.Action}', which happens at most once, has happened in iteration {record.Iteration}");
                }

                places.Add(place);
            }
        }

        // A for-each that was cut short has no outcome of its own, and yet was undone as a whole.
        var wholes = undone.Select(static place => new ActionPlace(place.Iteration, place.Action)).Where(place => isStruck?.Invoke(place) != true);
        return
        [
            .. places.Concat(wholes).Distinct().Select(place => stale.Contains(place) && place.Iteration == first
                ? Strike(place) with { Key = JournalKeys.Kept(place, GenerationOf(place)) }
                : Strike(place)),
        ];
    }

    /// <summary>
    /// What would be done anew though it is neither chosen nor undone itself: what has completed in the iterations after the first in which something
    /// was undone.
    /// </summary>
    public List<JournalRecord> RestingOnUndone(Func<JournalRecord, bool> isChosen, Func<ActionPlace, bool>? isStruck)
    {
        var undone = Compensated.ToHashSet();
        var first = undone.Select(static place => place.Iteration).DefaultIfEmpty(int.MaxValue).Min();
        return
        [
            .. Outcomes.Where(r => r.Kind == JournalKind.Completed
                && r.Iteration > first
                && !isChosen(r)
                && !undone.Contains((r.Iteration, r.Action))
                && isStruck?.Invoke(PlaceOf(r)) != true),
        ];
    }

    /// <summary>Strikes a place that a person has named: whatever belongs to it is done anew.</summary>
    public JournalRecord StrikeByName(in ActionPlace place) => Strike(place) with { Key = JournalKeys.Renewed(place, GenerationOf(place)) };

    /// <summary>What has completed at some places and was not undone.</summary>
    public List<JournalRecord> Standing(Func<ActionPlace, bool> isChosen)
    {
        var undone = Compensated.ToHashSet();
        return
        [
            .. Outcomes.Where(r => r.Kind == JournalKind.Completed && isChosen(PlaceOf(r)) && !undone.Contains((r.Iteration, r.Action))),
        ];
    }

    /// <summary>What of them happens at most once; null if nothing does.</summary>
    public static string? HappenedOnce(IEnumerable<JournalRecord> standing, AgentGraph graph)
    {
        var once = AtMostOnce(graph);
        return standing.FirstOrDefault(r => once.Contains(r.Action))?.Action;
    }

    /// <summary>
    /// The elements that have ended of actions that have not, and run over a sequence that was undone: the next one may be another. Their children
    /// are kept, and found again by elements that call them with the same inputs; in later iterations everything is done anew, with new children.
    /// Actions that were undone themselves are left out: all of them is struck.
    /// </summary>
    private HashSet<ActionPlace> ElementsOf(AgentGraph graph, HashSet<(int Iteration, string Action)> undone)
    {
        if (undone.Count == 0 || graph.Actions.All(static a => a.ForEach < 0))
        {
            return [];
        }

        var sources = graph.Actions.Where(static a => a.ForEach >= 0).ToDictionary(static a => a.Name, a => graph.Actions[a.ForEach].Name);
        var ended = Outcomes.Where(static r => r.Item < 0 && r.Kind == JournalKind.Completed).Select(static r => (r.Iteration, r.Action)).ToHashSet();
        return
        [
            .. Outcomes
                .Where(r => r.Item >= 0 && sources.TryGetValue(r.Action, out var source) && undone.Contains((r.Iteration, source)))
                .Where(r => !ended.Contains((r.Iteration, r.Action)) && !undone.Contains((r.Iteration, r.Action)))
                .Select(PlaceOf),
        ];
    }

    private static InvalidSessionTransitionException Refused(in Wish wish, string reason) => new(wish.Session, wish.From, wish.Operation, reason);

    /// <summary>An action that happens at most once and has failed; null if there is none.</summary>
    public string? FailedOnce(AgentGraph graph)
    {
        var once = AtMostOnce(graph);
        return once.Count == 0 ? null : Outcomes.FirstOrDefault(r => r.Kind == JournalKind.Failed && once.Contains(r.Action))?.Action;
    }

    /// <summary>The last change of state, unless the session was set going again after it.</summary>
    public JournalRecord? LastChange =>
        _journal.LastOrDefault(static r => r.Kind == JournalKind.StateChanged
            || (r.Kind == JournalKind.Struck && !JournalKeys.IsWithdrawn(r.Key)))
            is { Kind: JournalKind.StateChanged } change ? change : null;

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
        .Where(r => r.Sequence > sequence && IsLeft(r))
        .Select(PlaceOf)
        .Distinct();

    public static ActionPlace PlaceOf(JournalRecord record) => new(record.Iteration, record.Action, record.Item);

    public static JournalRecord Strike(ActionPlace place) => new() { Kind = JournalKind.Struck, Iteration = place.Iteration, Action = place.Action, Item = place.Item };

    private static HashSet<string> AtMostOnce(AgentGraph graph) =>
        [.. graph.Actions.Where(static a => a.Effect == Effect.AtMostOnce).Select(static a => a.Name)];

    private static bool IsOutcome(JournalRecord record) => record.Kind is JournalKind.Completed or JournalKind.Skipped or JournalKind.Failed;

    /// <summary>Whether a record is an outcome that counts, or the timer of an action that may have none.</summary>
    private bool IsLeft(JournalRecord record) => IsOutcome(record)
        ? IsCurrent(record)
        : record.Kind == JournalKind.TimerSet && record.Key == JournalKeys.Timer(PlaceOf(record), GenerationOf(PlaceOf(record)));

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

    /// <summary>What somebody wants to do to a session.</summary>
    public readonly record struct Wish(string Session, SessionState From, string Operation);
}
