namespace AgentFlow.AI;

/// <summary>A fact that one step gives and another needs.</summary>
/// <param name="Producer">The place of the step that gives it; <see langword="null"/>: it was so from the start.</param>
/// <param name="Consumer">The place of the step that needs it; <see langword="null"/>: it is a goal.</param>
/// <param name="Fact">The fact.</param>
public sealed record CausalLink(int? Producer, int? Consumer, Fact Fact)
{
    /// <summary>Whether the opposite is needed: that the fact is not so. The producer has deleted it then.</summary>
    public bool IsAbsence { get; init; }

    internal static IReadOnlyList<CausalLink> Of(IReadOnlyList<PlannedStep> steps, PlanningProblem problem)
    {
        // Since when each fact is so, or not so, without a break: a step that gives again what is so already is no producer.
        var since = problem.InitialFacts.ToDictionary(static fact => fact, static _ => (int?)null);
        var gone = new Dictionary<Fact, int>();
        var links = new List<CausalLink>();
        for (var i = 0; i < steps.Count; i++)
        {
            Link(i, steps[i].Needs, steps[i].Absent);
            foreach (var fact in steps[i].Deletes)
            {
                if (since.Remove(fact))
                {
                    gone[fact] = i;
                }
            }

            foreach (var fact in steps[i].Adds)
            {
                since.TryAdd(fact, i);
                gone.Remove(fact);
            }
        }

        Link(null, problem.GoalFacts, problem.AbsentGoals);
        return links;

        void Link(int? consumer, IEnumerable<Fact> needs, IEnumerable<Fact> absent)
        {
            links.AddRange(needs.Select(fact => new CausalLink(since[fact], consumer, fact)));
            links.AddRange(absent.Select(fact => new CausalLink(gone.TryGetValue(fact, out var producer) ? producer : null, consumer, fact) { IsAbsence = true }));
        }
    }
}
