using System.Globalization;

namespace AgentFlow.AI;

/// <summary>
/// Something that can be done, in general: for all objects of its parameters' types, what must be so before, what is so afterwards, and what no longer is. The language is that of STRIPS
/// (Fikes and Nilsson 1971) with types, costs, facts that must not be, effects on conditions, and variables that must differ.
/// What a step both deletes and adds is so afterwards.
/// </summary>
/// <example><code>new PlanningOperator("drive", "?t: truck, ?from: place, ?to: place") { Preconditions = ["at(?t, ?from)", "?from != ?to"], Adds = ["at(?t, ?to)"], Deletes = ["at(?t, ?from)"] }</code></example>
public sealed class PlanningOperator
{
    private readonly string[] _preconditions = [];
    private readonly string[] _adds = [];
    private readonly string[] _deletes = [];
    private readonly ConditionalEffect[] _conditional = [];
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

    /// <summary>
    /// What must be so before: facts over the parameters and objects, facts that must not be (<c>not open(?door)</c>), and pairs that must
    /// differ (<c>?from != ?to</c>). Default: nothing.
    /// </summary>
    /// <exception cref="PlanningDefinitionException">One is malformed, or names a variable that is no parameter.</exception>
    public IReadOnlyList<string> Preconditions
    {
        get => _preconditions;
        init
        {
            Condition = Condition.Parse(_preconditions = [.. value]);
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

    /// <summary>Effects that a step has only where something is so before it. Default: none.</summary>
    /// <exception cref="PlanningDefinitionException">An effect uses a variable that neither it nor the operator declares, or one of its
    /// parameters has the same name as a parameter of the operator.</exception>
    public IReadOnlyList<ConditionalEffect> ConditionalEffects
    {
        get => _conditional;
        init
        {
            _conditional = [.. value];
            foreach (var effect in _conditional)
            {
                Check(effect.Atoms.SelectMany(static atom => atom.Variables).Concat(effect.Condition.Variables), effect.Parameters);
                if (effect.Parameters.FirstOrDefault(own => Parameters.Any(parameter => parameter.Name == own.Name)) is { } twice)
                {
                    throw new PlanningDefinitionException($"A conditional effect of operator '{Name}' has a parameter '{twice.Name}', as the operator has. Give it another name.");
                }
            }
        }
    }

    /// <summary>What it costs, in a unit that is the same for all operators of a domain; 0 is allowed. Default: 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or not finite.</exception>
    public double Cost
    {
        get => _cost;
        init => _cost = value >= 0 && double.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A cost is finite and not negative.");
    }

    /// <summary>
    /// What it costs with certain objects, given in the order of the parameters: then <see cref="Cost"/> does not count. It has to give the
    /// same cost for the same objects each time. It is asked
    /// only where types and facts that never change allow the step; <see cref="double.PositiveInfinity"/> says that with these objects it
    /// cannot be done. Default: the same for all.
    /// </summary>
    /// <example><code>CostOf = objects => distances[(objects[1], objects[2])]</code></example>
    public Func<IReadOnlyList<string>, double>? CostOf { get; init; }

    internal Condition Condition { get; private init; } = Condition.Parse([]);

    internal AtomPattern[] AddPatterns { get; private init; } = [];

    internal AtomPattern[] DeletePatterns { get; private init; } = [];

    /// <summary>The facts that it and its conditional effects name.</summary>
    internal IEnumerable<AtomPattern> Atoms => Condition.Atoms.Concat(AddPatterns).Concat(DeletePatterns).Concat(_conditional.SelectMany(static effect => effect.Atoms));

    /// <summary>The facts that it and its conditional effects change.</summary>
    internal IEnumerable<AtomPattern> Changes =>
        AddPatterns.Concat(DeletePatterns).Concat(_conditional.SelectMany(static effect => effect.AddPatterns.Concat(effect.DeletePatterns)));

    /// <summary>Its objects by the names of its parameters.</summary>
    internal Dictionary<string, string> Bind(IReadOnlyList<string> arguments) =>
        Parameters.Zip(arguments).ToDictionary(static pair => pair.First.Name, static pair => pair.Second, StringComparer.Ordinal);

    /// <summary>What a step costs; infinite if it cannot be done.</summary>
    internal double CostFor(PlanStep step) => CostOf is null ? _cost : CostOf(step.Arguments) is var cost && cost >= 0
        ? cost
        : throw new PlanningDefinitionException(
            $"CostOf gives {cost.ToString(CultureInfo.InvariantCulture)} for {step}. A cost is a number that is not negative; PositiveInfinity says that the step cannot be done.");

    private AtomPattern[] Effects(string[] texts)
    {
        AtomPattern[] atoms = [.. texts.Select(AtomPattern.Parse)];
        Check(atoms.SelectMany(static atom => atom.Variables));
        return atoms;
    }

    private void Check(IEnumerable<string> variables, IReadOnlyList<PlanningParameter>? own = null)
    {
        if (variables.FirstOrDefault(variable => Parameters.Concat(own ?? []).All(parameter => parameter.Name != variable)) is { } unknown)
        {
            throw new PlanningDefinitionException($"Operator '{Name}' uses '{unknown}', which is none of its parameters. Declare it: new PlanningOperator(\"{Name}\", \"…, {unknown}: type\").");
        }
    }
}
