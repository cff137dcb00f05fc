namespace AgentFlow.AI;

/// <summary>Finds the objects for which a condition is so.</summary>
internal static class Matching
{
    /// <summary>Binds a method's head to a task's objects; null if it is for others.</summary>
    public static Dictionary<string, string>? Bind(AtomPattern head, IReadOnlyList<string> arguments)
    {
        var bindings = new Dictionary<string, string>(StringComparer.Ordinal);
        return TryBind(head, arguments, bindings) ? bindings : null;
    }

    /// <summary>All bindings, in the order of the conditions and then of the facts.</summary>
    public static IEnumerable<Dictionary<string, string>> Find(Condition condition, WorldState state, Dictionary<string, string> bindings, PlanningBudget budget) =>
        Find(condition, state, bindings, 0, budget);

    private static IEnumerable<Dictionary<string, string>> Find(Condition condition, WorldState state, Dictionary<string, string> bindings, int next, PlanningBudget budget)
    {
        if (!condition.Differs(bindings))
        {
            yield break;
        }

        if (next == condition.Holds.Length)
        {
            if (!condition.Absent.Any(atom => state.Contains(atom.Ground(bindings))))
            {
                yield return bindings;
            }

            yield break;
        }

        foreach (var fact in state.Of(condition.Holds[next].Predicate))
        {
            // Conditions may be joined over a great many facts before one binding fits.
            if (!budget.IsInTime())
            {
                yield break;
            }

            var extended = new Dictionary<string, string>(bindings, StringComparer.Ordinal);
            if (!TryBind(condition.Holds[next], fact.Arguments, extended))
            {
                continue;
            }

            foreach (var found in Find(condition, state, extended, next + 1, budget))
            {
                yield return found;
            }
        }
    }

    private static bool TryBind(AtomPattern pattern, IReadOnlyList<string> arguments, Dictionary<string, string> bindings)
    {
        if (pattern.Terms.Length != arguments.Count)
        {
            return false;
        }

        for (var i = 0; i < arguments.Count; i++)
        {
            var term = pattern.Terms[i];
            if (!PlanningText.IsVariable(term) ? term != arguments[i] : !bindings.TryAdd(term, arguments[i]) && bindings[term] != arguments[i])
            {
                return false;
            }
        }

        return true;
    }
}
