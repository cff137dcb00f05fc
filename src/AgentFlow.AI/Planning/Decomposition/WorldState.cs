using System.Collections.Immutable;

namespace AgentFlow.AI;

/// <summary>What is so while tasks are broken down, facts by predicate. Immutable.</summary>
internal sealed class WorldState : IEquatable<WorldState>
{
    private static readonly ImmutableSortedSet<Fact> s_none = ImmutableSortedSet.Create<Fact>(Comparer<Fact>.Create(static (a, b) => string.CompareOrdinal(a.ToString(), b.ToString())));

    private readonly ImmutableDictionary<string, ImmutableSortedSet<Fact>> _facts;
    private readonly int _hash;

    private WorldState(ImmutableDictionary<string, ImmutableSortedSet<Fact>> facts, int hash)
    {
        _facts = facts;
        _hash = hash;
    }

    public IEnumerable<Fact> Facts => _facts.Values.SelectMany(static facts => facts);

    public static WorldState Of(IEnumerable<Fact> facts) => new WorldState(ImmutableDictionary<string, ImmutableSortedSet<Fact>>.Empty, 0).With([], facts);

    public bool Contains(Fact fact) => _facts.TryGetValue(fact.Predicate, out var facts) && facts.Contains(fact);

    /// <summary>The facts of a predicate, in the order of their texts, so that bindings come in the same order each time.</summary>
    public IEnumerable<Fact> Of(string predicate) => _facts.TryGetValue(predicate, out var facts) ? facts : [];

    /// <summary>What is so after a step.</summary>
    public WorldState After(PlanStep step)
    {
        var (adds, deletes) = step.EffectsWhere(Contains);
        return With(deletes, adds);
    }

    /// <summary>This without some facts, and then with others.</summary>
    public WorldState With(IEnumerable<Fact> without, IEnumerable<Fact> with)
    {
        var facts = _facts.ToBuilder();
        var hash = _hash;
        foreach (var fact in without)
        {
            if (facts.TryGetValue(fact.Predicate, out var there) && there.Contains(fact))
            {
                facts[fact.Predicate] = there.Remove(fact);
                hash ^= fact.GetHashCode();
            }
        }

        foreach (var fact in with)
        {
            var there = facts.GetValueOrDefault(fact.Predicate) ?? s_none;
            if (!there.Contains(fact))
            {
                facts[fact.Predicate] = there.Add(fact);
                hash ^= fact.GetHashCode();
            }
        }

        return new(facts.ToImmutable(), hash);
    }

    public bool Equals(WorldState? other) => other is not null && _hash == other._hash && Facts.Count() == other.Facts.Count() && Facts.All(other.Contains);

    public override bool Equals(object? obj) => Equals(obj as WorldState);

    public override int GetHashCode() => _hash;
}
