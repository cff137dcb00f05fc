namespace AgentFlow.AI;

/// <summary>Which goals wait for which, at one moment.</summary>
internal sealed class GoalWaits
{
    private readonly IReadOnlyDictionary<string, GoalEntry> _all;
    private readonly IReadOnlyDictionary<string, int> _capacities;
    private readonly GoalEntry[] _live;
    private readonly Dictionary<GoalEntry, GoalEntry[]> _edges = [];
    private readonly Dictionary<GoalEntry, HashSet<GoalEntry>> _closures = [];

    public GoalWaits(IReadOnlyDictionary<string, GoalEntry> all, IEnumerable<GoalEntry> live, IReadOnlyDictionary<string, int> capacities)
    {
        _all = all;
        _capacities = capacities;
        _live = [.. live];
        Free = capacities.ToDictionary(static pair => pair.Key, static pair => pair.Value, StringComparer.Ordinal);
        foreach (var (resource, units) in _live.SelectMany(static entry => entry.Holds))
        {
            Free[resource] -= units;
        }

        foreach (var entry in _live)
        {
            _edges[entry] = entry.State == GoalState.Active ? [] : [.. GoalsBefore(entry).Concat(HoldersOfNeeds(entry)).Distinct()];
        }
    }

    /// <summary>The units of each resource that nobody holds.</summary>
    public Dictionary<string, int> Free { get; }

    /// <summary>The goals that one waits for; itself, if it holds what others must have before it goes on.</summary>
    public IReadOnlyList<GoalEntry> Of(GoalEntry entry) => _edges[entry];

    /// <summary>Whether every goal that has to come before has ended.</summary>
    public bool IsReady(GoalEntry entry) => !GoalsBefore(entry).Any();

    /// <summary>Whether every goal that it awaits is reached.</summary>
    public bool HasWhatItAwaits(GoalEntry entry) => !Awaited(entry).Any();

    /// <summary>Whether one waits for another, through however many between.</summary>
    public bool Reaches(GoalEntry from, GoalEntry to) => Closure(from).Contains(to);

    /// <summary>
    /// Finds goals that wait for each other in a circle that nothing will open. The graph is reduced (Holt 1972, <i>Some Deadlock Properties of Computer Systems</i>): whatever can
    /// finish does, and gives back what it holds, until nothing more can. What is left waits for ever, and contains a circle.
    /// </summary>
    /// <returns>The circle, each waiting for the next; empty if there is none.</returns>
    public IReadOnlyList<GoalEntry> FindDeadlock()
    {
        var free = new Dictionary<string, int>(Free, StringComparer.Ordinal);
        var left = _live.ToHashSet();
        for (var changed = true; changed;)
        {
            changed = false;
            foreach (var entry in _live)
            {
                if (left.Contains(entry) && (entry.State == GoalState.Active || (!GoalsBefore(entry).Any(left.Contains) && entry.Needs.All(need => need.Value <= free[need.Key]))))
                {
                    changed = true;
                    left.Remove(entry);
                    foreach (var (resource, units) in entry.Holds)
                    {
                        free[resource] += units;
                    }
                }
            }
        }

        return left.Count == 0 ? [] : Circle(left);
    }

    /// <summary>All that one waits for, through however many between.</summary>
    private HashSet<GoalEntry> Closure(GoalEntry from)
    {
        if (!_closures.TryGetValue(from, out var closure))
        {
            closure = _closures[from] = [];
            var open = new Stack<GoalEntry>(_edges[from]);
            while (open.TryPop(out var next))
            {
                if (closure.Add(next))
                {
                    Array.ForEach(_edges[next], open.Push);
                }
            }
        }

        return closure;
    }

    private List<GoalEntry> Circle(HashSet<GoalEntry> left)
    {
        var path = new List<GoalEntry> { _live.First(left.Contains) };
        while (true)
        {
            // Whatever is left waits for something that is left, too.
            var next = GoalsBefore(path[^1]).FirstOrDefault(left.Contains) ?? HoldersOfNeeds(path[^1]).First(left.Contains);
            if (path.IndexOf(next) is var at and >= 0)
            {
                return path[at..];
            }

            path.Add(next);
        }
    }

    private IEnumerable<GoalEntry> GoalsBefore(GoalEntry entry)
    {
        var goals = Awaited(entry);
        return entry.State == GoalState.Pending ? goals.Concat(entry.After.Where(static other => !other.HasEnded)) : goals;
    }

    private IEnumerable<GoalEntry> Awaited(GoalEntry entry) => entry.Awaits.Select(name => _all[name]).Where(static other => other.State != GoalState.Completed);

    private IEnumerable<GoalEntry> HoldersOfNeeds(GoalEntry entry)
    {
        foreach (var (resource, units) in entry.Needs)
        {
            if (Free[resource] < units)
            {
                foreach (var holder in _live.Where(other => other.Holds.ContainsKey(resource)))
                {
                    yield return holder;
                }
            }
        }
    }
}
