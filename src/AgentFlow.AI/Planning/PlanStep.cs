namespace AgentFlow.AI;

/// <summary>A step of a plan: an operator with its objects, what it needs and what it gives.</summary>
public sealed class PlanStep
{
    private double _cost = double.NaN;

    internal PlanStep(PlanningOperator @operator, string[] arguments, IReadOnlyDictionary<string, string> bindings, StepEffect[] effects)
    {
        Operator = @operator;
        Arguments = arguments;
        Needs = AtomPattern.GroundAll(@operator.Condition.Holds, bindings);
        Absent = AtomPattern.GroundAll(@operator.Condition.Absent, bindings);
        Fact[] adds = AtomPattern.GroundAll(@operator.AddPatterns, bindings);
        Adds = adds;
        Deletes = [.. AtomPattern.GroundAll(@operator.DeletePatterns, bindings).Except(adds)];
        ConditionalEffects = effects;
        Name = PlanningText.Call(@operator.Name, arguments);
    }

    /// <summary>The operator.</summary>
    public PlanningOperator Operator { get; }

    /// <summary>The objects, in the order of the operator's parameters.</summary>
    public IReadOnlyList<string> Arguments { get; }

    /// <summary>The operator and its objects: <c>drive(t1, depot, harbour)</c>.</summary>
    public string Name { get; }

    /// <summary>What must be so before.</summary>
    public IReadOnlyList<Fact> Needs { get; }

    /// <summary>What must not be so before.</summary>
    public IReadOnlyList<Fact> Absent { get; }

    /// <summary>What is so afterwards.</summary>
    public IReadOnlyList<Fact> Adds { get; }

    /// <summary>What is no longer so afterwards; nothing of it is among <see cref="Adds"/>.</summary>
    public IReadOnlyList<Fact> Deletes { get; }

    /// <summary>
    /// The effects that the step has only where something is so before it, for all objects for which they could come about.
    /// </summary>
    public IReadOnlyList<StepEffect> ConditionalEffects { get; }

    /// <summary>What it costs.</summary>
    /// <exception cref="PlanningDefinitionException"><see cref="PlanningOperator.CostOf"/> gives something that is no cost.</exception>
    public double Cost => double.IsNaN(_cost) ? _cost = Operator.CostFor(this) : _cost;

    /// <summary>Whether the step can be done where these facts, and no others, are so.</summary>
    /// <param name="state">What is so.</param>
    /// <returns>Whether all of <see cref="Needs"/> and none of <see cref="Absent"/> is so.</returns>
    public bool IsPossibleIn(IReadOnlySet<Fact> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return IsPossible(state.Contains);
    }

    /// <summary>What is so after the step, conditional effects included. Whether it can be done is not asked.</summary>
    /// <param name="state">What is so before.</param>
    /// <returns>What is so afterwards; a new set.</returns>
    public IReadOnlySet<Fact> After(IReadOnlySet<Fact> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var (adds, deletes) = EffectsWhere(state.Contains);
        var after = new HashSet<Fact>(state);
        after.ExceptWith(deletes);
        after.UnionWith(adds);
        return after;
    }

    /// <summary>The operator and its objects.</summary>
    /// <returns><see cref="Name"/>.</returns>
    public override string ToString() => Name;

    internal bool IsPossible(Func<Fact, bool> isSo) => Needs.All(isSo) && !Absent.Any(isSo);

    /// <summary>What is added and deleted where this is so; nothing is in both.</summary>
    internal (IReadOnlyCollection<Fact> Adds, IReadOnlyCollection<Fact> Deletes) EffectsWhere(Func<Fact, bool> isSo)
    {
        if (ConditionalEffects.Count == 0)
        {
            return (Adds, Deletes);
        }

        var adds = Adds.ToHashSet();
        var deletes = Deletes.ToHashSet();
        foreach (var effect in ConditionalEffects.Where(effect => effect.IsPossible(isSo)))
        {
            adds.UnionWith(effect.Adds);
            deletes.UnionWith(effect.Deletes);
        }

        deletes.ExceptWith(adds);
        return (adds, deletes);
    }
}
