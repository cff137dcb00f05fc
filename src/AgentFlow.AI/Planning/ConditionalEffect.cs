namespace AgentFlow.AI;

/// <summary>
/// An effect that a step has only where something is so before it: for all objects of its own parameters' types, if the conditions hold,
/// what is so afterwards and what no longer is. What one
/// effect of a step adds is so afterwards, even if another deletes it.
/// </summary>
/// <example><code>
/// new PlanningOperator("move-case", "?from: place, ?to: place")
/// {
///     Preconditions = ["case-at(?from)"], Adds = ["case-at(?to)"], Deletes = ["case-at(?from)"],
/// ConditionalEffects = [new ConditionalEffect("?x: item") { Conditions = ["in-case(?x)"], Adds = ["at(?x, ?to)"], Deletes = ["at(?x,
/// ?from)"] }],
/// }
/// </code></example>
public sealed class ConditionalEffect
{
    private readonly string[] _conditions = [];
    private readonly string[] _adds = [];
    private readonly string[] _deletes = [];

    /// <summary>Declares a conditional effect.</summary>
    /// <param name="parameters">Its own parameters, by comma, beside those of the operator: <c>?x: item</c>. The effect is there for all
    /// their objects. Default: none.</param>
    /// <exception cref="PlanningDefinitionException">They are malformed.</exception>
    public ConditionalEffect(string parameters = "") => Parameters = PlanningParameter.Parse(parameters, "conditional effect");

    /// <summary>Its own parameters.</summary>
    public IReadOnlyList<PlanningParameter> Parameters { get; }

    /// <summary>
    /// When the step has this effect: facts, facts that must not be (<c>not broken(?x)</c>), and pairs that must differ (<c>?x != ?y</c>).
    /// Default: always.
    /// </summary>
    /// <exception cref="PlanningDefinitionException">One is malformed.</exception>
    public IReadOnlyList<string> Conditions
    {
        get => _conditions;
        init => Condition = Condition.Parse(_conditions = [.. value]);
    }

    /// <summary>What is so afterwards. Default: nothing.</summary>
    /// <exception cref="PlanningDefinitionException">One is malformed.</exception>
    public IReadOnlyList<string> Adds
    {
        get => _adds;
        init => AddPatterns = [.. (_adds = [.. value]).Select(AtomPattern.Parse)];
    }

    /// <summary>What is no longer so afterwards. Default: nothing.</summary>
    /// <exception cref="PlanningDefinitionException">One is malformed.</exception>
    public IReadOnlyList<string> Deletes
    {
        get => _deletes;
        init => DeletePatterns = [.. (_deletes = [.. value]).Select(AtomPattern.Parse)];
    }

    internal Condition Condition { get; private init; } = Condition.Parse([]);

    internal AtomPattern[] AddPatterns { get; private init; } = [];

    internal AtomPattern[] DeletePatterns { get; private init; } = [];

    /// <summary>Everything it names.</summary>
    internal IEnumerable<AtomPattern> Atoms => Condition.Atoms.Concat(AddPatterns).Concat(DeletePatterns);

    internal StepEffect Ground(IReadOnlyDictionary<string, string> bindings) => new(
        AtomPattern.GroundAll(Condition.Holds, bindings),
        AtomPattern.GroundAll(Condition.Absent, bindings),
        AtomPattern.GroundAll(AddPatterns, bindings),
        AtomPattern.GroundAll(DeletePatterns, bindings));
}
