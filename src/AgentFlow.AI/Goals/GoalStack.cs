using System.Diagnostics.CodeAnalysis;

namespace AgentFlow.AI;

/// <summary>
/// The goals of an agent: which is to be worked on next. A goal is started when the goals that it depends on are reached and all its resources are free; it takes them together, and gives
/// them back together. Of several that could be, the one of the highest rank is started: its priority, one more for every <see cref="GoalStackOptions.PassesPerRank"/> times that others
/// were started before it while its dependencies were reached, and never less than the rank of a goal that waits for it; then the one of the earlier deadline, then the one that was pushed first. What a
/// goal lacks is kept free for it from those of lower rank that it does not wait for. So the order is the same each time, and no goal starves as long as those under way end. Thread-safe.
/// </summary>
[SuppressMessage("Naming", "CA1711:Identifiers should not have incorrect suffix", Justification = "That is what it is called.")]
public sealed partial class GoalStack
{
    private readonly Lock _gate = new();
    private readonly GoalStackOptions _options;
    private readonly Dictionary<string, int> _capacities;
    private readonly GoalConflicts _conflicts;

    // Guarded by the gate, as is the rest. Both in the order in which goals were pushed.
    private readonly Dictionary<string, GoalEntry> _byName = new(StringComparer.Ordinal);
    private readonly List<GoalEntry> _entries = [];
    private long _sequence;

    /// <summary>Makes an empty stack.</summary>
    /// <param name="resources">The resources, and how many units there are of each: 1 is exclusive. Default: none.</param>
    /// <param name="options">How it works. Default: <see cref="GoalStackOptions.Default"/>.</param>
    /// <exception cref="ArgumentException">A number of units is not positive.</exception>
    public GoalStack(IReadOnlyDictionary<string, int>? resources = null, GoalStackOptions? options = null)
    {
        _options = options ?? GoalStackOptions.Default;
        _capacities = new(resources ?? new Dictionary<string, int>(), StringComparer.Ordinal);
        if (_capacities.FirstOrDefault(static pair => pair.Value <= 0) is { Key: { } odd })
        {
            throw new ArgumentException($"There are {_capacities[odd]} units of '{odd}'. Give a positive number, or leave the resource out.", nameof(resources));
        }

        _conflicts = new(_byName, _capacities, _options);
    }

    /// <summary>The goals as they stand, in the order in which they were pushed. Of those that have ended the last <see cref="GoalStackOptions.MaxGoals"/> are remembered, and those that others depend on.</summary>
    public IReadOnlyList<GoalStatus> Goals
    {
        get
        {
            lock (_gate)
            {
                Settle();
                var waits = Waits();
                var ranks = Ranks(waits);
                return [.. _entries.Select(entry => StatusOf(entry, waits, ranks))];
            }
        }
    }

    /// <summary>A goal as it stands.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="GoalException">There is no such goal.</exception>
    public GoalStatus this[string name]
    {
        get
        {
            lock (_gate)
            {
                Settle();
                var waits = Waits();
                return StatusOf(Find(name), waits, Ranks(waits));
            }
        }
    }

    /// <summary>Adds goals, which may depend on each other and on those that are there. All are added, or none.</summary>
    /// <param name="goals">The goals.</param>
    /// <returns>Where they are in the way of each other or of those that are there, and what was done about it; a goal may have been cancelled.</returns>
    /// <exception cref="GoalException">A name is there already, a dependency or a resource is not, more units are needed than there are, goals depend on each other in a circle, or there are too many.</exception>
    public IReadOnlyList<GoalConflict> Push(params ReadOnlySpan<Goal> goals)
    {
        lock (_gate)
        {
            Settle();
            Check(goals);
            _conflicts.Changed();
            var found = new List<GoalConflict>();
            foreach (var goal in goals)
            {
                var entry = new GoalEntry(goal, _sequence++);
                _byName.Add(goal.Name, entry);
                _entries.Add(entry);
            }

            for (var i = _entries.Count - goals.Length; i < _entries.Count; i++)
            {
                for (var j = 0; j < i && !_entries[i].HasEnded; j++)
                {
                    // A goal that is cancelled for one conflict has no other.
                    foreach (var conflict in _entries[j].HasEnded ? [] : _conflicts.Of(_entries[i], _entries[j]).ToArray())
                    {
                        found.Add(conflict);
                        Resolve(conflict);
                    }
                }
            }

            _conflicts.Changed();
            Settle();
            return found;
        }
    }

    /// <summary>Starts the next goal, or goes on with one that has waited long enough. Those that go on come before those that start.</summary>
    /// <returns>The goal, now <see cref="GoalState.Active"/>; <see langword="null"/> if there is none that could be worked on now.</returns>
    public Goal? StartNext()
    {
        lock (_gate)
        {
            Settle();
            var waits = Waits();
            var ranks = Ranks(waits);
            var now = _options.TimeProvider.GetUtcNow();
            GoalEntry[] eligible = [.. _entries.Where(entry => entry.State == GoalState.Waiting || (entry.State == GoalState.Pending && !(entry.Goal.NotBefore > now)))];
            GoalEntry[] ready =
            [
                .. eligible
                    .Where(waits.IsReady)
                    .OrderByDescending(static entry => entry.State)
                    .ThenByDescending(entry => ranks[entry])
                    .ThenBy(static entry => entry.Goal.Deadline ?? DateTimeOffset.MaxValue)
                    .ThenBy(static entry => entry.Sequence),
            ];

            // Where nobody is at work, keeping resources free for later would be the end of it.
            var next = Choose(ready, waits) ?? (_entries.Any(static entry => entry.State == GoalState.Active) ? null : ready.FirstOrDefault(entry => Fits(entry, waits, [])));
            if (next is null)
            {
                return null;
            }

            next.Start();
            foreach (var passed in eligible.Where(entry => entry.State == GoalState.Pending && waits.HasWhatItAwaits(entry)))
            {
                passed.Passes++;
            }

            return next.Goal;
        }
    }

    /// <summary>Has a goal under way wait for other goals, such as its subgoals, or for more resources. It keeps what it holds.</summary>
    /// <param name="name">The goal.</param>
    /// <param name="goals">The goals, by name, that have to be reached before it goes on.</param>
    /// <param name="resources">The resources that it needs besides, and how many units of each. Default: none.</param>
    /// <exception cref="GoalException">A goal or a resource is not there, or more units are needed than there are.</exception>
    /// <exception cref="GoalTransitionException">The goal is not <see cref="GoalState.Active"/>.</exception>
    public void Wait(string name, IEnumerable<string> goals, IReadOnlyDictionary<string, int>? resources = null)
    {
        ArgumentNullException.ThrowIfNull(goals);
        lock (_gate)
        {
            var entry = Find(name);
            string[] awaited = [.. goals.Select(Find).Select(static other => other.Goal.Name).Distinct(StringComparer.Ordinal)];
            var needs = new Dictionary<string, int>(resources ?? new Dictionary<string, int>(), StringComparer.Ordinal);
            CheckUnits(entry.Goal, needs, entry.Holds);
            entry.Wait(awaited, needs);
            Settle();
        }
    }

    /// <summary>Notes that a goal is reached.</summary>
    /// <param name="name">The goal.</param>
    /// <exception cref="GoalException">There is no such goal.</exception>
    /// <exception cref="GoalTransitionException">The goal is not <see cref="GoalState.Active"/>.</exception>
    public void Complete(string name) => Finish(name, GoalState.Completed, GoalEnd.Reached, null);

    /// <summary>Notes that the work for a goal has failed. Goals that depend on it fail, too.</summary>
    /// <param name="name">The goal.</param>
    /// <param name="reason">Why.</param>
    /// <exception cref="GoalException">There is no such goal.</exception>
    /// <exception cref="GoalTransitionException">The goal has ended.</exception>
    public void Fail(string name, string reason) => Finish(name, GoalState.Failed, GoalEnd.WorkFailed, reason);

    /// <summary>Withdraws a goal. Goals that depend on it fail. If it is under way, whoever works on it has to be told.</summary>
    /// <param name="name">The goal.</param>
    /// <param name="reason">Why.</param>
    /// <exception cref="GoalException">There is no such goal.</exception>
    /// <exception cref="GoalTransitionException">The goal has ended.</exception>
    public void Cancel(string name, string reason) => Finish(name, GoalState.Cancelled, GoalEnd.Withdrawn, reason);

    /// <summary>
    /// Finds goals that wait for each other in a circle, through goals and resources, and opens it: of those in the circle that have begun, the work of the one of the lowest priority, and of
    /// several the one that was pushed last, is made void. It gives back what it holds and starts again later, or fails if this has happened to it too often. Whoever works on it has to be told.
    /// Repeated until there is no circle.
    /// </summary>
    /// <returns>The deadlocks, in the order in which they were resolved; empty if there was none.</returns>
    public IReadOnlyList<GoalDeadlock> ResolveDeadlocks()
    {
        lock (_gate)
        {
            Settle();
            var found = new List<GoalDeadlock>();
            while (Waits().FindDeadlock() is { Count: > 0 } circle)
            {
                // Goals that have not begun hold nothing and do not depend on each other in a circle: one at least has begun.
                var victim = circle.Where(static entry => entry.State == GoalState.Waiting).OrderBy(static entry => entry.Goal.Priority).ThenByDescending(static entry => entry.Sequence).First();
                var fails = victim.Preemptions >= _options.MaxPreemptions;
                if (fails)
                {
                    victim.Finish(GoalState.Failed, GoalEnd.Deadlock, $"It was in a deadlock for the {victim.Preemptions + 1}. time: {string.Join(" → ", circle.Append(circle[0]).Select(static entry => entry.Goal.Name))}.");
                }
                else
                {
                    victim.Preempt();
                    _entries.ForEach(entry => entry.After.Remove(victim));
                }

                found.Add(new([.. circle.Select(static entry => entry.Goal)], victim.Goal, fails));
                Settle();
            }

            return found;
        }
    }

    private void Finish(string name, GoalState state, GoalEnd end, string? reason)
    {
        lock (_gate)
        {
            Find(name).Finish(state, end, reason);
            Settle();
        }
    }

    private GoalWaits Waits() => new(_byName, _entries.Where(static entry => !entry.HasEnded), _capacities);

    private GoalEntry Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return _byName.TryGetValue(name, out var entry) ? entry : throw new GoalException($"There is no goal '{name}' in the stack. Push it first.");
    }

    /// <summary>The first that finds all that it needs. What those before it lack is kept for them.</summary>
    private static GoalEntry? Choose(GoalEntry[] ready, GoalWaits waits)
    {
        var lacking = new List<GoalEntry>();
        foreach (var entry in ready)
        {
            if (Fits(entry, waits, lacking))
            {
                return entry;
            }

            // One that would find all but for those before it keeps nothing: it comes to its turn after them.
            if (!Fits(entry, waits, []))
            {
                lacking.Add(entry);
            }
        }

        return null;
    }

    private static bool Fits(GoalEntry entry, GoalWaits waits, List<GoalEntry> lacking) =>
        entry.Needs.All(need => need.Value + lacking.Where(other => !waits.Reaches(other, entry)).Sum(other => other.Needs.GetValueOrDefault(need.Key)) <= waits.Free[need.Key]);

    private Dictionary<GoalEntry, int> Ranks(GoalWaits waits)
    {
        var ranks = _entries.ToDictionary(static entry => entry, entry => entry.OwnRank(_options));

        // From the highest down: who comes to a goal first has the highest rank of all that wait for it.
        var seen = new HashSet<GoalEntry>();
        var open = new Stack<GoalEntry>();
        foreach (var entry in _entries.Where(static entry => !entry.HasEnded).OrderByDescending(entry => ranks[entry]))
        {
            var rank = ranks[entry];
            open.Push(entry);
            while (open.TryPop(out var next))
            {
                if (seen.Add(next))
                {
                    ranks[next] = rank;
                    foreach (var before in waits.Of(next))
                    {
                        open.Push(before);
                    }
                }
            }
        }

        return ranks;
    }

    private static GoalStatus StatusOf(GoalEntry entry, GoalWaits waits, Dictionary<GoalEntry, int> ranks) => new(
        entry.Goal,
        entry.State,
        entry.End,
        entry.Reason,
        ranks[entry],
        entry.Passes,
        entry.Preemptions,
        new Dictionary<string, int>(entry.Holds),
        entry.HasEnded ? [] : [.. waits.Of(entry).Select(static other => other.Goal.Name)]);

    private void Resolve(GoalConflict conflict)
    {
        var (stronger, weaker) = (_byName[conflict.Stronger.Name], _byName[conflict.Weaker.Name]);
        if (conflict.Resolution == GoalResolution.WeakerCancelled)
        {
            // Two that are under way cannot be: one of them is new.
            weaker.Finish(GoalState.Cancelled, GoalEnd.Contradicted, $"'{stronger.Goal}' wants the opposite. {conflict.Explanation}");
        }
        else if (conflict.Resolution == GoalResolution.StrongerFirst && weaker.State == GoalState.Pending && !stronger.HasEnded && !_conflicts.Requires(stronger, weaker) && !weaker.After.Contains(stronger))
        {
            weaker.After.Add(stronger);
            _conflicts.Changed();
        }
    }

    /// <summary>Ends what can no longer be reached, and forgets what ended longest ago.</summary>
    private void Settle()
    {
        var now = _options.TimeProvider.GetUtcNow();
        for (var changed = true; changed;)
        {
            changed = false;
            foreach (var entry in _entries)
            {
                if (entry.State is not (GoalState.Pending or GoalState.Waiting))
                {
                    continue;
                }

                if (entry.Awaits.FirstOrDefault(name => _byName[name].State is GoalState.Failed or GoalState.Cancelled) is { } lost)
                {
                    entry.Finish(GoalState.Failed, GoalEnd.DependencyFailed, $"'{lost}' is {_byName[lost].State}: {_byName[lost].Reason}");
                    changed = true;
                }
                else if (entry.State == GoalState.Pending && entry.Goal.Deadline < now)
                {
                    entry.Finish(GoalState.Failed, GoalEnd.DeadlinePassed, $"Work had not begun by {entry.Goal.Deadline:O}.");
                    changed = true;
                }
            }
        }

        Forget();
    }

    private void Forget()
    {
        var excess = _entries.Count(static entry => entry.HasEnded) - _options.MaxGoals;
        if (excess <= 0)
        {
            return;
        }

        var needed = _entries.Where(static entry => !entry.HasEnded).SelectMany(static entry => entry.Awaits.Concat(entry.Goal.DependsOn)).ToHashSet(StringComparer.Ordinal);
        foreach (var entry in _entries.Where(entry => entry.HasEnded && !needed.Contains(entry.Goal.Name)).Take(excess).ToArray())
        {
            _entries.Remove(entry);
            _byName.Remove(entry.Goal.Name);
        }
    }

    private void Check(ReadOnlySpan<Goal> goals)
    {
        if (_entries.Count(static entry => !entry.HasEnded) + goals.Length > _options.MaxGoals)
        {
            throw new GoalException($"More than {_options.MaxGoals} goals would be open. Work some off, or raise {nameof(GoalStackOptions)}.{nameof(GoalStackOptions.MaxGoals)}.");
        }

        var added = new Dictionary<string, Goal>(StringComparer.Ordinal);
        foreach (var goal in goals)
        {
            ArgumentNullException.ThrowIfNull(goal, nameof(goals));
            if (_byName.ContainsKey(goal.Name) || !added.TryAdd(goal.Name, goal))
            {
                throw new GoalException($"There is a goal '{goal.Name}' already. Give this one another name.");
            }
        }

        foreach (var goal in goals)
        {
            CheckUnits(goal, goal.Resources, new());
            if (goal.DependsOn.FirstOrDefault(name => !_byName.ContainsKey(name) && !added.ContainsKey(name)) is { } unknown)
            {
                throw new GoalException($"Goal '{goal}' depends on '{unknown}', which is not there. Push it before, or together.");
            }
        }

        CheckCircles(added);
    }

    private void CheckUnits(Goal goal, IReadOnlyDictionary<string, int> needs, Dictionary<string, int> held)
    {
        foreach (var (resource, units) in needs)
        {
            if (!_capacities.TryGetValue(resource, out var capacity))
            {
                throw new GoalException($"Goal '{goal}' needs '{resource}', which is no resource of the stack. Declare it: new GoalStack(new Dictionary<string, int> {{ [\"{resource}\"] = 1 }}).");
            }

            if (units <= 0 || units > capacity - held.GetValueOrDefault(resource))
            {
                throw new GoalException($"Goal '{goal}' needs {units} of '{resource}', and holds {held.GetValueOrDefault(resource)}; there is {capacity}.");
            }
        }
    }

    private static void CheckCircles(Dictionary<string, Goal> added)
    {
        var done = new HashSet<string>(StringComparer.Ordinal);
        var path = new List<string>();
        foreach (var name in added.Keys)
        {
            Visit(name);
        }

        void Visit(string name)
        {
            // Those that were there before depend on none of these.
            if (!added.TryGetValue(name, out var goal) || done.Contains(name))
            {
                return;
            }

            if (path.IndexOf(name) is var at and >= 0)
            {
                throw new GoalException($"Goals depend on each other in a circle: {string.Join(" → ", path[at..].Append(name))}. Leave one of these dependencies out.");
            }

            path.Add(name);
            foreach (var dependency in goal.DependsOn)
            {
                Visit(dependency);
            }

            path.RemoveAt(path.Count - 1);
            done.Add(name);
        }
    }
}
