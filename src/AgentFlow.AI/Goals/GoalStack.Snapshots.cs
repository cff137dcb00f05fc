namespace AgentFlow.AI;

/// <summary>Stacks as plain data, and back.</summary>
public sealed partial class GoalStack
{
    /// <summary>The stack as plain data, to be kept: by a session, or in a file.</summary>
    /// <returns>The snapshot.</returns>
    public GoalStackSnapshot Capture()
    {
        lock (_gate)
        {
            Settle();
            return new(new(_capacities), [.. _entries.Select(static entry => entry.Capture())]);
        }
    }

    /// <summary>Makes a stack of a snapshot. It goes on as the one would that was captured.</summary>
    /// <param name="snapshot">The snapshot. It is not trusted: what no stack can have been is refused.</param>
    /// <param name="options">How it works. Default: <see cref="GoalStackOptions.Default"/>.</param>
    /// <returns>The stack.</returns>
    /// <exception cref="GoalException">The snapshot is of no stack; the message says why.</exception>
    public static GoalStack Restore(GoalStackSnapshot snapshot, GoalStackOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        try
        {
            var stack = new GoalStack(snapshot.Resources, options);
            stack.Take(snapshot.Goals);
            return stack;
        }
        catch (ArgumentException e) when (e is not GoalException)
        {
            throw new GoalException($"The snapshot is of no stack of goals: {e.Message}");
        }
    }

    private void Take(GoalSnapshot[] goals)
    {
        foreach (var goal in goals)
        {
            var entry = new GoalEntry(goal.ToGoal(), _sequence++);
            if (!_byName.TryAdd(goal.Name, entry))
            {
                throw new GoalException($"The snapshot has two goals '{goal.Name}'.");
            }

            CheckStanding(goal);
            entry.Restore(goal);
            _entries.Add(entry);
        }

        foreach (var (entry, goal) in _entries.Zip(goals).Where(static pair => !pair.First.HasEnded))
        {
            if (goal.DependsOn.Concat(goal.Awaits).Concat(goal.After).FirstOrDefault(name => !_byName.ContainsKey(name)) is { } unknown)
            {
                throw new GoalException($"The snapshot's goal '{goal.Name}' waits for '{unknown}', which is not in it.");
            }

            // One that is active has taken what it needed.
            if (goal.State != GoalState.Active)
            {
                CheckUnits(entry.Goal, goal.Needs, entry.Holds);
            }

            entry.After.AddRange(goal.After.Select(name => _byName[name]));
        }

        foreach (var (resource, units) in _entries.SelectMany(static entry => entry.Holds).GroupBy(static held => held.Key).Select(static group => (group.Key, group.Sum(static held => (long)held.Value))))
        {
            if (units > _capacities.GetValueOrDefault(resource))
            {
                throw new GoalException($"The goals of the snapshot hold {units} of '{resource}', and there is {_capacities.GetValueOrDefault(resource)}.");
            }
        }

        CheckCircles(_entries.Where(static entry => !entry.HasEnded).ToDictionary(static entry => entry.Goal.Name, static entry => entry.Goal, StringComparer.Ordinal));
    }

    private static void CheckStanding(GoalSnapshot goal)
    {
        var hasEnded = goal.State is GoalState.Completed or GoalState.Failed or GoalState.Cancelled;
        if (!Enum.IsDefined(goal.State) || !Enum.IsDefined(goal.End) || hasEnded != (goal.End != GoalEnd.None) || goal.Passes < 0 || goal.Preemptions < 0
            || goal.Holds.Values.Any(static units => units <= 0) || (goal.Holds.Count > 0 && (hasEnded || goal.State == GoalState.Pending)))
        {
            throw new GoalException($"The snapshot's goal '{goal.Name}' cannot stand as it says: {goal.State}, {goal.End}, holding {goal.Holds.Count} resources.");
        }
    }
}
