namespace AgentFlow.AI;

/// <summary>A fact that one step gives and another needs.</summary>
/// <param name="Producer">The place of the step that gives it; <see langword="null"/>: it was so from the start.</param>
/// <param name="Consumer">The place of the step that needs it; <see langword="null"/>: it is a goal.</param>
/// <param name="Fact">The fact.</param>
public sealed record CausalLink(int? Producer, int? Consumer, Fact Fact)
{
    internal static IReadOnlyList<CausalLink> Of(IReadOnlyList<PlanStep> steps, PlanningProblem problem)
    {
        // Since when each fact is so, without a break: a step that gives again what is so already is no producer.
        var since = problem.InitialFacts.ToDictionary(static fact => fact, static _ => (int?)null);
        var links = new List<CausalLink>();
        for (var i = 0; i < steps.Count; i++)
        {
            var place = i;
            links.AddRange(steps[i].Needs.Select(fact => new CausalLink(since[fact], place, fact)));

            foreach (var fact in steps[i].Deletes)
            {
                since.Remove(fact);
            }

            foreach (var fact in steps[i].Adds)
            {
                since.TryAdd(fact, i);
            }
        }

        links.AddRange(problem.GoalFacts.Select(fact => new CausalLink(since[fact], null, fact)));
        return links;
    }
}
