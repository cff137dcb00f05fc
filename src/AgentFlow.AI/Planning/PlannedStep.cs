namespace AgentFlow.AI;

/// <summary>What a step needs and does at its place in a plan: of its conditional effects only those that come about there.</summary>
internal sealed class PlannedStep
{
    private PlannedStep(PlanStep step, Func<Fact, bool> isSo)
    {
        StepEffect[] effects = [.. step.ConditionalEffects.Where(effect => effect.IsPossible(isSo))];
        var (adds, deletes) = step.EffectsWhere(isSo);
        Needs = [.. step.Needs.Union(effects.SelectMany(static effect => effect.Needs))];
        Absent = [.. step.Absent.Union(effects.SelectMany(static effect => effect.Absent))];
        Adds = [.. adds];
        Deletes = [.. deletes];
        Watched = [.. step.ConditionalEffects.Except(effects).SelectMany(static effect => effect.Needs.Concat(effect.Absent)).Distinct()];
    }

    public Fact[] Needs { get; }

    public Fact[] Absent { get; }

    public Fact[] Adds { get; }

    public Fact[] Deletes { get; }

    /// <summary>What must stay as it is, so that no other effect comes about.</summary>
    public Fact[] Watched { get; }

    /// <summary>Follows a plan.</summary>
    public static PlannedStep[] AllOf(IReadOnlyList<PlanStep> steps, PlanningProblem problem)
    {
        var state = problem.InitialFacts.ToHashSet();
        var planned = new PlannedStep[steps.Count];
        for (var i = 0; i < planned.Length; i++)
        {
            planned[i] = new(steps[i], state.Contains);
            state.ExceptWith(planned[i].Deletes);
            state.UnionWith(planned[i].Adds);
        }

        return planned;
    }
}
