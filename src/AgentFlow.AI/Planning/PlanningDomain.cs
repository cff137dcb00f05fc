namespace AgentFlow.AI;

/// <summary>What can be done, and how tasks break down. Checked when it is made; immutable.</summary>
public sealed class PlanningDomain
{
    private readonly Dictionary<string, PlanningOperator> _operators = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PlanningTask> _tasks = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _supertypes;
    private readonly HashSet<string> _changing;

    /// <summary>Makes a domain.</summary>
    /// <param name="operators">What can be done; at least one.</param>
    /// <param name="tasks">The tasks that methods break down. Default: none.</param>
    /// <param name="methods">The methods, in the order in which they are tried. Default: none.</param>
    /// <param name="supertypes">For types that are kinds of another: that other. Default: none are.</param>
    /// <exception cref="PlanningDefinitionException">Names are not unique or not there, a predicate or task is used with different numbers of terms, types go round in a circle, or a subtask names a variable that nothing binds.</exception>
    public PlanningDomain(
        IEnumerable<PlanningOperator> operators,
        IEnumerable<PlanningTask>? tasks = null,
        IEnumerable<TaskMethod>? methods = null,
        IReadOnlyDictionary<string, string>? supertypes = null)
    {
        ArgumentNullException.ThrowIfNull(operators);
        Operators = [.. operators];
        Tasks = [.. tasks ?? []];
        Methods = [.. methods ?? []];
        _supertypes = new(supertypes ?? new Dictionary<string, string>(), StringComparer.Ordinal);
        if (Operators.Count == 0)
        {
            throw new PlanningDefinitionException("There is no operator: nothing can be done.");
        }

        _changing = Operators.SelectMany(static op => op.Changes).Select(static atom => atom.Predicate).ToHashSet(StringComparer.Ordinal);
        CheckNames();
        CheckTypes();
        CheckArities();
        foreach (var method in Methods)
        {
            Check(method);
        }
    }

    /// <summary>What can be done.</summary>
    public IReadOnlyList<PlanningOperator> Operators { get; }

    /// <summary>The tasks that methods break down.</summary>
    public IReadOnlyList<PlanningTask> Tasks { get; }

    /// <summary>The methods.</summary>
    public IReadOnlyList<TaskMethod> Methods { get; }

    internal PlanningOperator? FindOperator(string name) => _operators.GetValueOrDefault(name);

    internal PlanningTask? FindTask(string name) => _tasks.GetValueOrDefault(name);

    internal IReadOnlyList<PlanningParameter>? ParametersOf(string name) => FindOperator(name)?.Parameters ?? FindTask(name)?.Parameters;

    /// <summary>Whether no operator changes facts of a predicate.</summary>
    internal bool IsStatic(string predicate) => !_changing.Contains(predicate);

    /// <summary>Whether objects of a type are of another, too.</summary>
    internal bool IsA(string type, string other)
    {
        for (var t = type; ; t = _supertypes.GetValueOrDefault(t, PlanningParameter.AnyType))
        {
            if (t == other)
            {
                return true;
            }

            if (t == PlanningParameter.AnyType)
            {
                return false;
            }
        }
    }

    private void CheckNames()
    {
        foreach (var @operator in Operators)
        {
            if (!_operators.TryAdd(@operator.Name, @operator))
            {
                throw new PlanningDefinitionException($"There are two operators '{@operator.Name}'.");
            }
        }

        foreach (var task in Tasks)
        {
            if (_operators.ContainsKey(task.Name) || !_tasks.TryAdd(task.Name, task))
            {
                throw new PlanningDefinitionException($"There is an operator or a task '{task.Name}' already.");
            }
        }

        if (Methods.GroupBy(static method => method.Name).FirstOrDefault(static group => group.Count() > 1) is { } twice)
        {
            throw new PlanningDefinitionException($"There are two methods '{twice.Key}'.");
        }
    }

    private void CheckTypes()
    {
        foreach (var start in _supertypes.Keys)
        {
            var type = start;
            for (var steps = 0; type != PlanningParameter.AnyType; type = _supertypes.GetValueOrDefault(type, PlanningParameter.AnyType))
            {
                if (steps++ > _supertypes.Count)
                {
                    throw new PlanningDefinitionException($"Type '{start}' is a kind of itself.");
                }
            }
        }
    }

    private void CheckArities()
    {
        var arities = new Dictionary<string, (int Count, string Where)>(StringComparer.Ordinal);
        foreach (var @operator in Operators)
        {
            Note(@operator.Atoms, $"operator '{@operator.Name}'");
        }

        foreach (var task in Tasks)
        {
            Note(task.Achievement.Atoms, $"task '{task.Name}'");
        }

        foreach (var method in Methods)
        {
            Note(method.Condition.Atoms, $"method '{method.Name}'");
        }

        void Note(IEnumerable<AtomPattern> atoms, string where)
        {
            foreach (var atom in atoms)
            {
                if (!arities.TryAdd(atom.Predicate, (atom.Terms.Length, where)) && arities[atom.Predicate] is var known && known.Count != atom.Terms.Length)
                {
                    throw new PlanningDefinitionException($"'{atom}' in {where} has {atom.Terms.Length} terms, but '{atom.Predicate}' has {known.Count} in {known.Where}.");
                }
            }
        }
    }

    private void Check(TaskMethod method)
    {
        if (FindTask(method.Head.Predicate) is not { } task)
        {
            throw new PlanningDefinitionException($"Method '{method.Name}' does '{method.Task}', which is no task of the domain.");
        }

        if (task.Parameters.Count != method.Head.Terms.Length)
        {
            throw new PlanningDefinitionException($"Method '{method.Name}' does '{method.Task}', but task '{task.Name}' has {task.Parameters.Count} parameters.");
        }

        var bound = method.Head.Variables.Concat(method.Condition.Holds.SelectMany(static atom => atom.Variables)).ToHashSet(StringComparer.Ordinal);
        if (method.Condition.Variables.Concat(method.Steps.SelectMany(static step => step.Variables)).FirstOrDefault(variable => !bound.Contains(variable)) is { } unbound)
        {
            throw new PlanningDefinitionException($"Nothing binds '{unbound}' in method '{method.Name}'. Have a condition name it, such as a fact that holds for its objects.");
        }

        foreach (var step in method.Steps)
        {
            if (ParametersOf(step.Predicate) is not { } parameters)
            {
                throw new PlanningDefinitionException($"Subtask '{step}' of method '{method.Name}' is no task and no operator of the domain.");
            }

            if (parameters.Count != step.Terms.Length)
            {
                throw new PlanningDefinitionException($"Subtask '{step}' of method '{method.Name}' has {step.Terms.Length} terms, but '{step.Predicate}' has {parameters.Count} parameters.");
            }
        }
    }
}
