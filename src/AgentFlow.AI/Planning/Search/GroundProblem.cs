namespace AgentFlow.AI;

/// <summary>A problem without variables: every step that could ever be done, over numbered facts. Facts that never change are gone.</summary>
internal sealed class GroundProblem
{
    private GroundProblem(GroundStep[] steps, FactSet initial, FactSet goals, int factCount, bool isReachable)
    {
        Steps = steps;
        Initial = initial;
        Goals = goals;
        FactCount = factCount;
        IsReachable = isReachable;
        NeededBy = new int[factCount][];
        var neededBy = Enumerable.Range(0, factCount).Select(static _ => new List<int>()).ToArray();
        for (var i = 0; i < steps.Length; i++)
        {
            foreach (var fact in steps[i].NeedList)
            {
                neededBy[fact].Add(i);
            }
        }

        for (var i = 0; i < factCount; i++)
        {
            NeededBy[i] = [.. neededBy[i]];
        }
    }

    public GroundStep[] Steps { get; }

    public FactSet Initial { get; }

    public FactSet Goals { get; }

    public int FactCount { get; }

    /// <summary>Whether every goal could be so at all.</summary>
    public bool IsReachable { get; }

    /// <summary>For each fact, the steps that need it.</summary>
    public int[][] NeededBy { get; }

    /// <summary>Instantiates the operators.</summary>
    /// <returns>The problem; null if a limit was reached.</returns>
    public static GroundProblem? Of(PlanningProblem problem, PlanningBudget budget)
    {
        if (StepInstances.Of(problem, budget) is not { } steps)
        {
            return null;
        }

        var initial = problem.InitialFacts.ToHashSet();
        var (possible, reached) = Reachable(steps, initial);
        var effects = possible.SelectMany(static step => step.Adds.Concat(step.Deletes)).ToHashSet();

        // In the order of first mention, so that equal problems are numbered alike.
        var numbers = new Dictionary<Fact, int>();
        foreach (var fact in problem.InitialFacts.Concat(possible.SelectMany(static step => step.Adds)).Where(fact => reached.Contains(fact) && effects.Contains(fact)))
        {
            numbers.TryAdd(fact, numbers.Count);
        }

        var goals = problem.GoalFacts;
        return new(
            [.. possible.Select(step => new GroundStep(step, SetOf(step.Needs), SetOf(step.Adds), SetOf(step.Deletes)))],
            SetOf(problem.InitialFacts),
            SetOf(goals),
            numbers.Count,
            goals.All(reached.Contains));

        FactSet SetOf(IEnumerable<Fact> facts) => FactSet.Of(numbers.Count, facts.Where(numbers.ContainsKey).Select(fact => numbers[fact]));
    }

    /// <summary>The steps and facts that are left when nothing is ever deleted: the others can never be.</summary>
    private static (List<PlanStep> Steps, HashSet<Fact> Facts) Reachable(List<PlanStep> steps, HashSet<Fact> initial)
    {
        var facts = new HashSet<Fact>(initial);
        var isPossible = new bool[steps.Count];
        for (var changed = true; changed;)
        {
            changed = false;
            for (var i = 0; i < steps.Count; i++)
            {
                if (!isPossible[i] && steps[i].Needs.All(facts.Contains))
                {
                    isPossible[i] = changed = true;
                    facts.UnionWith(steps[i].Adds);
                }
            }
        }

        return ([.. steps.Where((_, i) => isPossible[i])], facts);
    }
}
