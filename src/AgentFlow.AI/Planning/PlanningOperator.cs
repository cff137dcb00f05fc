namespace AgentFlow.AI;

/// <summary>
/// Something that can be done, in general: for all objects of its parameters' types, what must be so before, what is so afterwards, and what no longer is. The language is that of STRIPS
/// (Fikes and Nilsson 1971) with types, costs, and variables that must differ. What a step both deletes and adds is so afterwards.
/// </summary>
/// <example><code>new PlanningOperator("drive", "?t: truck, ?from: place, ?to: place") { Preconditions = ["at(?t, ?from)", "?from != ?to"], Adds = ["at(?t, ?to)"], Deletes = ["at(?t, ?from)"] }</code></example>
public sealed class PlanningOperator
{
    private readonly string[] _preconditions = [];
    private readonly string[] _adds = [];
    private readonly string[] _deletes = [];
    private readonly double _cost = 1;

    /// <summary>Declares an operator.</summary>
    /// <param name="name">Its name; in a plan for the executor, the name of the tool that does it.</param>
    /// <param name="parameters">Its parameters, by comma: <c>?t: truck, ?to: place</c>.</param>
    /// <exception cref="PlanningDefinitionException">They are malformed.</exception>
    public PlanningOperator(string name, string parameters = "")
    {
        Name = PlanningText.Name(name, "operator");
        Parameters = PlanningParameter.Parse(parameters, name);
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>What it is about.</summary>
    public IReadOnlyList<PlanningParameter> Parameters { get; }

    /// <summary>What must be so before: facts over the parameters and objects, and pairs that must differ (<c>?from != ?to</c>). Default: nothing.</summary>
    /// <exception cref="PlanningDefinitionException">One is malformed, negative, or names a variable that is no parameter.</exception>
    public IReadOnlyList<string> Preconditions
    {
        get => _preconditions;
        init
        {
            _preconditions = [.. value];
            Condition = Condition.Parse(value);
            if (Condition.Absent is [var absent, ..])
            {
                throw new PlanningDefinitionException($"Operator '{Name}' needs the absence of '{absent}'. Operators need facts only: add a fact that says the opposite, and have the operators keep it.");
            }

            Check(Condition.Variables);
        }
    }

    /// <summary>What is so afterwards. Default: nothing.</summary>
    /// <exception cref="PlanningDefinitionException">One is malformed, or names a variable that is no parameter.</exception>
    public IReadOnlyList<string> Adds
    {
        get => _adds;
        init => AddPatterns = Effects(_adds = [.. value]);
    }

    /// <summary>What is no longer so afterwards. Default: nothing.</summary>
    /// <exception cref="PlanningDefinitionException">One is malformed, or names a variable that is no parameter.</exception>
    public IReadOnlyList<string> Deletes
    {
        get => _deletes;
        init => DeletePatterns = Effects(_deletes = [.. value]);
    }

    /// <summary>What it costs, in a unit that is the same for all operators of a domain. Default: 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive and finite.</exception>
    public double Cost
    {
        get => _cost;
        init => _cost = value > 0 && double.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A cost is positive and finite.");
    }

    internal Condition Condition { get; private init; } = Condition.Parse([]);

    internal AtomPattern[] AddPatterns { get; private init; } = [];

    internal AtomPattern[] DeletePatterns { get; private init; } = [];

    /// <summary>The step that it is with these objects.</summary>
    internal PlanStep Ground(IReadOnlyDictionary<string, string> bindings)
    {
        Fact[] adds = [.. AddPatterns.Select(atom => atom.Ground(bindings)).Distinct()];
        return new PlanStep(
            this,
            [.. Parameters.Select(parameter => bindings[parameter.Name])],
            [.. Condition.Holds.Select(atom => atom.Ground(bindings)).Distinct()],
            adds,
            [.. DeletePatterns.Select(atom => atom.Ground(bindings)).Distinct().Except(adds)]);
    }

    private AtomPattern[] Effects(string[] texts)
    {
        AtomPattern[] atoms = [.. texts.Select(AtomPattern.Parse)];
        Check(atoms.SelectMany(static atom => atom.Variables));
        return atoms;
    }

    private void Check(IEnumerable<string> variables)
    {
        if (variables.FirstOrDefault(variable => Parameters.All(parameter => parameter.Name != variable)) is { } unknown)
        {
            throw new PlanningDefinitionException($"Operator '{Name}' uses '{unknown}', which is none of its parameters. Declare it: new PlanningOperator(\"{Name}\", \"…, {unknown}: type\").");
        }
    }
}
