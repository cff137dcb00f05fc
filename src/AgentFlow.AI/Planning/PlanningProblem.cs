namespace AgentFlow.AI;

/// <summary>A problem to solve: the objects, what is so, what shall be so, and what is to be done. Immutable.</summary>
public sealed class PlanningProblem
{
    private readonly Fact[] _initial = [];
    private readonly string[] _goals = [];
    private readonly AtomPattern[] _tasks = [];

    /// <summary>States a problem; the rest is in the properties.</summary>
    /// <param name="domain">What can be done.</param>
    /// <param name="objects">The objects, by name, and the type of each.</param>
    /// <exception cref="PlanningDefinitionException">A name is malformed.</exception>
    public PlanningProblem(PlanningDomain domain, IReadOnlyDictionary<string, string> objects)
    {
        ArgumentNullException.ThrowIfNull(domain);
        ArgumentNullException.ThrowIfNull(objects);
        Domain = domain;
        foreach (var (name, type) in objects)
        {
            _ = PlanningText.Name(name, "object");
            _ = PlanningText.Name(type, "type");
        }

        Objects = new SortedDictionary<string, string>(objects.ToDictionary(), StringComparer.Ordinal);
    }

    private PlanningProblem(PlanningProblem other, Fact[] initial, IReadOnlySet<string> excluded)
    {
        Domain = other.Domain;
        Objects = other.Objects;
        _initial = initial;
        _goals = other._goals;
        GoalFacts = other.GoalFacts;
        AbsentGoals = other.AbsentGoals;
        _tasks = other._tasks;
        Excluded = excluded;
    }

    /// <summary>What can be done.</summary>
    public PlanningDomain Domain { get; }

    /// <summary>The objects, by name in ordinal order, and the type of each.</summary>
    public IReadOnlyDictionary<string, string> Objects { get; }

    /// <summary>What is so: <c>on(a, b)</c>. Default: nothing.</summary>
    /// <exception cref="PlanningDefinitionException">One is no fact, or names an object that is not there.</exception>
    public IReadOnlyList<string> Initial
    {
        get => [.. _initial.Select(static fact => fact.ToString())];
        init => _initial = Facts(value, "is said to be so");
    }

    /// <summary>
    /// What shall be so in the end: facts, and facts that shall not be so (<c>not open(gate)</c>). Default: nothing in particular.
    /// </summary>
    /// <exception cref="PlanningDefinitionException">One is no fact, or names an object that is not there.</exception>
    public IReadOnlyList<string> Goals
    {
        get => [.. _goals];
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            GoalFacts = Facts([.. value.Where(static goal => !IsNegative(goal))], "is a goal");
            AbsentGoals = Facts([.. value.Where(IsNegative).Select(static goal => goal[4..].Trim())], "is a goal not to be so");
            _goals = [.. value.Select(static goal => IsNegative(goal) ? $"not {Fact.Parse(goal[4..].Trim())}" : Fact.Parse(goal).ToString()).Distinct()];
        }
    }

    /// <summary>What is to be done, in order: tasks and operators, for <see cref="HierarchicalPlanner"/> and <see cref="HybridPlanner"/>; planners that search leave them aside. Default: nothing.</summary>
    /// <exception cref="PlanningDefinitionException">One is malformed, no task or operator of the domain, or names an object that is not there or of another type.</exception>
    public IReadOnlyList<string> Tasks
    {
        get => [.. _tasks.Select(static task => task.ToString())];
        init => _tasks = [.. value.Select(TaskOf)];
    }

    /// <summary>The steps, by name (<c>drive(t1, depot, harbour)</c>), that no plan may have: those that have turned out not to work. Default: none.</summary>
    public IReadOnlySet<string> Excluded { get; init; } = new HashSet<string>();

    internal IReadOnlyList<Fact> InitialFacts => _initial;

    /// <summary>The same, to look facts up.</summary>
    internal HashSet<Fact> InitialSet => field ??= [.. _initial];

    /// <summary>What shall be so.</summary>
    internal IReadOnlyList<Fact> GoalFacts { get; private init; } = [];

    /// <summary>What shall not be so.</summary>
    internal IReadOnlyList<Fact> AbsentGoals { get; private init; } = [];

    internal IReadOnlyList<AtomPattern> TaskPatterns => _tasks;

    /// <summary>The same problem from another state of the world. The order of its facts does not matter.</summary>
    /// <param name="state">What is so.</param>
    /// <param name="excluded">The steps, by name, that no plan may have. Default: as before.</param>
    /// <returns>The problem.</returns>
    /// <exception cref="PlanningDefinitionException">A fact names an object that is not there.</exception>
    public PlanningProblem From(IEnumerable<Fact> state, IReadOnlySet<string>? excluded = null)
    {
        ArgumentNullException.ThrowIfNull(state);
        return new(this, [.. state.Distinct().OrderBy(static fact => fact.ToString(), StringComparer.Ordinal).Select(fact => Known(fact, "is said to be so"))], excluded ?? Excluded);
    }

    /// <summary>Another problem with the same objects: a part of this one.</summary>
    internal PlanningProblem Towards(IEnumerable<Fact> state, IReadOnlyList<Fact> goals, IReadOnlyList<Fact> absent) =>
        new(Domain, Objects) { Initial = [.. state.Select(static fact => fact.ToString())], GoalFacts = goals, AbsentGoals = absent, Excluded = Excluded };

    /// <summary>Whether the goals are so where this is so.</summary>
    internal bool IsSolved(Func<Fact, bool> isSo) => GoalFacts.All(isSo) && !AbsentGoals.Any(isSo);

    /// <summary>Whether every goal can be so at all.</summary>
    internal bool IsSolvable(Reachability reachable) =>
        GoalFacts.All(reachable.CanBe) && AbsentGoals.All(reachable.CanBeAbsent) && !GoalFacts.Intersect(AbsentGoals).Any();

    /// <summary>Whether these objects can be an operator's, a task's.</summary>
    internal bool Fits(IReadOnlyList<PlanningParameter> parameters, IReadOnlyList<string> arguments)
    {
        for (var i = 0; i < parameters.Count; i++)
        {
            if (!Domain.IsA(Objects[arguments[i]], parameters[i].Type))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsNegative(string goal) => goal is not null && goal.StartsWith("not ", StringComparison.Ordinal);

    private Fact[] Facts(IReadOnlyList<string> texts, string role)
    {
        ArgumentNullException.ThrowIfNull(texts);
        return [.. texts.Select(Fact.Parse).Distinct().Select(fact => Known(fact, role))];
    }

    private Fact Known(Fact fact, string role) => fact.Arguments.FirstOrDefault(argument => !Objects.ContainsKey(argument)) is { } unknown
        ? throw new PlanningDefinitionException($"'{fact}' {role}, but there is no object '{unknown}'.")
        : fact;

    private AtomPattern TaskOf(string text)
    {
        var task = AtomPattern.Parse(text);
        if (Domain.ParametersOf(task.Predicate) is not { } parameters || parameters.Count != task.Terms.Length)
        {
            throw new PlanningDefinitionException($"'{text}' is no task or operator of the domain with {task.Terms.Length} parameters.");
        }

        if (task.Terms.FirstOrDefault(term => !Objects.ContainsKey(term)) is { } unknown)
        {
            throw new PlanningDefinitionException($"'{text}' is to be done, but there is no object '{unknown}'.");
        }

        return Fits(parameters, task.Terms) ? task : throw new PlanningDefinitionException($"'{text}' is to be done, but its objects are not of the types ({string.Join(", ", parameters.Select(static p => p.Type))}).");
    }
}
