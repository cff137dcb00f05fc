namespace AgentFlow.AI;

/// <summary>Which steps of a plan have to wait for which: as few as may be.</summary>
internal static class StepOrder
{
    public static int[][] Of(IReadOnlyList<PlannedStep> steps, IReadOnlyList<CausalLink> links)
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

    /// <summary>
    /// Whether one undoes what the other needs or makes, or what keeps an effect of it from coming about. Then their order matters,
    /// whatever else it is for.
    /// </summary>
    private static bool Interfere(PlannedStep first, PlannedStep second) => Undoes(first, second) || Undoes(second, first);

    private static bool Undoes(PlannedStep first, PlannedStep second) =>
        first.Deletes.Intersect(second.Needs).Any() || first.Deletes.Intersect(second.Adds).Any() || first.Adds.Intersect(second.Absent).Any()
        || first.Adds.Concat(first.Deletes).Intersect(second.Watched).Any();
}
