namespace AgentFlow.AI;

/// <summary>
/// A problem without variables: every step that could ever be done, over numbered facts. Facts that never change are gone. Where something
/// needs a fact not to be so, the fact's opposite has a number
/// of its own, which every step keeps: searches and guesses know facts only (Gazen and Knoblock 1997).
/// </summary>
internal sealed class GroundProblem
{
    private GroundProblem(GroundStep[] steps, FactSet initial, FactSet goals, int[] opposites)
    {
        Steps = steps;
        Initial = initial;
        Goals = goals;
        Opposites = opposites;
        var relaxed = new List<RelaxedStep>();
        for (var i = 0; i < steps.Length; i++)
        {
            relaxed.Add(new(i, steps[i].NeedList, steps[i].AddList));
            foreach (var effect in steps[i].Effects)
            {
                relaxed.Add(new(i, [.. steps[i].NeedList.Union(effect.NeedList)], effect.AddList));
            }
        }

        Relaxed = [.. relaxed];
        NeededBy = PlacesOf(static step => step.NeedList);
        AddedBy = PlacesOf(static step => step.AddList);
    }

    public GroundStep[] Steps { get; }

    public FactSet Initial { get; }

    public FactSet Goals { get; }

    public int FactCount => Opposites.Length;

    /// <summary>For each fact, the one that is so exactly when it is not; -1: nothing asks for it.</summary>
    public int[] Opposites { get; }

    /// <summary>The steps, conditional effects apart.</summary>
    public RelaxedStep[] Relaxed { get; }

    /// <summary>For each fact, those of <see cref="Relaxed"/> that need it.</summary>
    public int[][] NeededBy { get; }

    /// <summary>For each fact, those of <see cref="Relaxed"/> that add it.</summary>
    public int[][] AddedBy { get; }

    /// <summary>Instantiates the operators.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="budget">How far to go.</param>
    /// <param name="withOpposites">Whether every fact that a conditional effect asks for has its opposite: to say that the effect does not
    /// come about.</param>
    /// <returns>The problem; null if a limit was reached, or a goal could never be so.</returns>
    public static GroundProblem? Of(PlanningProblem problem, PlanningBudget budget, bool withOpposites = false)
    {
        if (StepInstances.Of(problem, budget) is not { } steps)
        {
            return null;
        }

        var reachable = new Reachability(problem, steps);
        if (!problem.IsSolvable(reachable))
        {
            return null;
        }

        var numbers = new FactNumbers(problem, reachable, withOpposites);
        return new([.. reachable.Steps.Select(step => GroundStepOf(step.Step, step.Effects, numbers))], numbers.Initial, numbers.SetOf(problem.GoalFacts, problem.AbsentGoals), numbers.Opposites);
    }

    private static GroundStep GroundStepOf(PlanStep step, List<StepEffect> effects, FactNumbers numbers)
    {
        var (adds, deletes) = (step.Adds.ToHashSet(), step.Deletes.ToHashSet());

        // Where what changes is not asked for, the effect is there each time.
        foreach (var effect in effects.Where(numbers.IsUnconditional))
        {
            adds.UnionWith(effect.Adds);
            deletes.UnionWith(effect.Deletes);
        }

        deletes.ExceptWith(adds);
        return new(
            step,
            numbers.SetOf(step.Needs, step.Absent),
            numbers.SetOf(adds, deletes),
            numbers.SetOf(deletes, adds),
            [.. effects.Where(effect => !numbers.IsUnconditional(effect)).Select(effect => EffectOf(effect, [.. effect.Deletes.Where(fact => !adds.Contains(fact))]))]);

        GroundEffect EffectOf(StepEffect effect, Fact[] gone) =>
            new(numbers.SetOf(effect.Needs, effect.Absent), numbers.SetOf(effect.Adds, gone), numbers.SetOf(gone, effect.Adds), numbers.SetOf([], effect.Adds));
    }

    private int[][] PlacesOf(Func<RelaxedStep, int[]> factsOf)
    {
        var places = Enumerable.Range(0, FactCount).Select(static _ => new List<int>()).ToArray();
        for (var i = 0; i < Relaxed.Length; i++)
        {
            foreach (var fact in factsOf(Relaxed[i]))
            {
                places[fact].Add(i);
            }
        }

        return [.. places.Select(static list => list.ToArray())];
    }
}
