using System.Globalization;

namespace AgentFlow.AI;

/// <summary>Finds in what two goals are in each other's way, and says what is to be done about it.</summary>
internal sealed class GoalConflicts(IReadOnlyDictionary<string, GoalEntry> all, IReadOnlyDictionary<string, int> capacities, GoalStackOptions options)
{
    private readonly Dictionary<GoalEntry, HashSet<GoalEntry>> _required = [];

    /// <summary>The conflicts of a new goal with another that has not ended, in the order of <see cref="GoalConflictKind"/>.</summary>
    public IEnumerable<GoalConflict> Of(GoalEntry added, GoalEntry other)
    {
        var shared = Shared(added.Goal, other.Goal);
        var contradiction = Contradiction(added.Goal, other.Goal);
        if (shared is null && contradiction is null && added.Goal.Deadline is null && other.Goal.Deadline is null && !DependsOn(added, other) && !DependsOn(other, added))
        {
            yield break;
        }

        var (stronger, weaker) = IsStronger(other, added) ? (other, added) : (added, other);
        var (first, then) = Requires(added, other) ? (other, added) : Requires(other, added) ? (added, other) : (null, null);

        // Goals of which one waits for the other are never worked on at once.
        if (first is null && shared is not null)
        {
            yield return Conflict(GoalConflictKind.Resource, GoalResolution.TakeTurns, string.Create(CultureInfo.InvariantCulture, $"Both need '{shared}', of which there is {capacities[shared]}."));
        }

        if (then is not null && first!.Goal.Priority < then.Goal.Priority && DependsOn(then, first))
        {
            yield return Conflict(GoalConflictKind.Priority, GoalResolution.Inherit, $"'{then.Goal}' of priority {then.Goal.Priority} waits for '{first.Goal}' of priority {first.Goal.Priority}.");
        }
        else if (first is null && shared is not null && Math.Min(added.Goal.Priority, other.Goal.Priority) >= options.UrgentPriority)
        {
            yield return Conflict(GoalConflictKind.Priority, GoalResolution.StrongerFirst, "Both are urgent, and they cannot be worked on at once.");
        }

        if ((first is not null || shared is not null) && !FitsInTime(added, other, first))
        {
            yield return Conflict(GoalConflictKind.Temporal, GoalResolution.StrongerFirst, "They cannot be worked on at once, and neither order keeps both deadlines.");
        }

        if (first is null && contradiction is not null)
        {
            yield return Conflict(GoalConflictKind.Logical, GoalResolution.WeakerCancelled, $"One achieves '{contradiction}', the other prevents it.");
        }

        GoalConflict Conflict(GoalConflictKind kind, GoalResolution resolution, string explanation) => new(kind, resolution, stronger.Goal, weaker.Goal, explanation);
    }

    /// <summary>Whether one cannot begin before another has ended, through however many between.</summary>
    public bool Requires(GoalEntry entry, GoalEntry other)
    {
        if (!_required.TryGetValue(entry, out var required))
        {
            required = _required[entry] = [];
            var open = new Stack<GoalEntry>([entry]);
            while (open.TryPop(out var next))
            {
                foreach (var before in next.HasEnded ? [] : next.Goal.DependsOn.Select(name => all[name]).Concat(next.After))
                {
                    if (required.Add(before))
                    {
                        open.Push(before);
                    }
                }
            }
        }

        return required.Contains(other);
    }

    /// <summary>Has to be called when goals have come to require others, or no longer do.</summary>
    public void Changed() => _required.Clear();

    private static bool DependsOn(GoalEntry entry, GoalEntry other) => entry.Goal.DependsOn.Contains(other.Goal.Name);

    // What a goal has gained by waiting counts, or a stream of stronger ones would hold it back for ever.
    private bool IsStronger(GoalEntry a, GoalEntry b) =>
        a.IsUnderWay != b.IsUnderWay ? a.IsUnderWay
        : a.OwnRank(options) != b.OwnRank(options) ? a.OwnRank(options) > b.OwnRank(options)
        : a.Goal.Deadline != b.Goal.Deadline ? (a.Goal.Deadline ?? DateTimeOffset.MaxValue) < (b.Goal.Deadline ?? DateTimeOffset.MaxValue)
        : a.Sequence < b.Sequence;

    private static Fact? Contradiction(Goal a, Goal b) => a.AchievedFacts.FirstOrDefault(b.PreventedFacts.Contains) ?? b.AchievedFacts.FirstOrDefault(a.PreventedFacts.Contains);

    private string? Shared(Goal a, Goal b) =>
        a.Resources.Keys.Order(StringComparer.Ordinal).FirstOrDefault(resource => b.Resources.TryGetValue(resource, out var units) && a.Resources[resource] + units > capacities[resource]);

    private bool FitsInTime(GoalEntry a, GoalEntry b, GoalEntry? first)
    {
        var now = options.TimeProvider.GetUtcNow();
        return first is null ? Fits(a.Goal, b.Goal) || Fits(b.Goal, a.Goal) : Fits(first.Goal, first == a ? b.Goal : a.Goal);

        bool Fits(Goal earlier, Goal later)
        {
            var end = End(earlier, now);
            return end <= (earlier.Deadline ?? DateTimeOffset.MaxValue) && End(later, end) <= (later.Deadline ?? DateTimeOffset.MaxValue);
        }

        static DateTimeOffset End(Goal goal, DateTimeOffset from)
        {
            var start = goal.NotBefore > from ? goal.NotBefore.Value : from;
            return goal.Duration < DateTimeOffset.MaxValue - start ? start + goal.Duration : DateTimeOffset.MaxValue;
        }
    }
}
