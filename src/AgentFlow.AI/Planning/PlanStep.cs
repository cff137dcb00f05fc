namespace AgentFlow.AI;

/// <summary>A step of a plan: an operator with its objects, what it needs and what it gives.</summary>
public sealed class PlanStep
{
    internal PlanStep(PlanningOperator @operator, string[] arguments, Fact[] needs, Fact[] adds, Fact[] deletes)
    {
        Operator = @operator;
        Arguments = arguments;
        Needs = needs;
        Adds = adds;
        Deletes = deletes;
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

    /// <summary>What is so afterwards.</summary>
    public IReadOnlyList<Fact> Adds { get; }

    /// <summary>What is no longer so afterwards; nothing of it is among <see cref="Adds"/>.</summary>
    public IReadOnlyList<Fact> Deletes { get; }

    /// <summary>What it costs.</summary>
    public double Cost => Operator.Cost;

    /// <summary>The operator and its objects.</summary>
    /// <returns><see cref="Name"/>.</returns>
    public override string ToString() => Name;
}
