namespace AgentFlow.AI;

/// <summary>A step over numbered facts.</summary>
/// <param name="Step">The step.</param>
/// <param name="Needs">What must be so before, of what changes.</param>
/// <param name="Adds">What is so afterwards.</param>
/// <param name="Deletes">What no longer is.</param>
/// <param name="Effects">What else it does where something is so before it.</param>
internal sealed record GroundStep(PlanStep Step, FactSet Needs, FactSet Adds, FactSet Deletes, GroundEffect[] Effects)
{
    public double Cost { get; } = Step.Cost;

    public int[] NeedList { get; } = [.. Needs.Members];

    public int[] AddList { get; } = [.. Adds.Members];

    /// <summary>What is so after it.</summary>
    public FactSet After(FactSet state)
    {
        if (Effects.Length == 0)
        {
            return state.With(Deletes, Adds);
        }

        var (adds, deletes, overruled) = (Adds, Deletes, Adds.Without(Adds));
        foreach (var effect in Effects)
        {
            if (state.ContainsAll(effect.Needs))
            {
                adds = adds.With(effect.Adds);
                deletes = deletes.With(effect.Deletes);
                overruled = overruled.With(effect.Overrules);
            }
        }

        return state.With(deletes, adds).Without(overruled);
    }
}
