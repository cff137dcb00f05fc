namespace AgentFlow.AI;

/// <summary>Which steps of a plan have to wait for which: as few as may be.</summary>
internal static class StepOrder
{
    public static int[][] Of(IReadOnlyList<PlanStep> steps, IReadOnlyList<CausalLink> links)
    {
        // before[j] holds i if i comes before j, directly or not.
        var before = new HashSet<int>[steps.Count];
        var direct = new int[steps.Count][];
        var producers = links.Where(static link => link is { Producer: not null, Consumer: not null }).ToLookup(static link => link.Consumer!.Value, static link => link.Producer!.Value);
        for (var j = 0; j < steps.Count; j++)
        {
            var given = producers[j].ToHashSet();
            var all = new HashSet<int>();
            var waits = new List<int>();

            // Later steps first: what they wait for needs no mention.
            for (var i = j - 1; i >= 0; i--)
            {
                if (!all.Contains(i) && (given.Contains(i) || Interfere(steps[i], steps[j])))
                {
                    waits.Add(i);
                    all.Add(i);
                    all.UnionWith(before[i]);
                }
            }

            waits.Reverse();
            before[j] = all;
            direct[j] = [.. waits];
        }

        return direct;
    }

    /// <summary>Whether one undoes what the other needs or makes. Then their order matters, whatever else it is for.</summary>
    private static bool Interfere(PlanStep first, PlanStep second) =>
        first.Deletes.Intersect(second.Needs).Any() || first.Deletes.Intersect(second.Adds).Any()
        || second.Deletes.Intersect(first.Needs).Any() || second.Deletes.Intersect(first.Adds).Any();
}
