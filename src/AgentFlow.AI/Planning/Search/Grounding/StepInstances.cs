namespace AgentFlow.AI;

/// <summary>
/// The steps that could ever be done if nothing were ever deleted: operators bound by joining what is so, first what never changes, then
/// what the steps so far would add, until nothing is new
/// (Helmert 2009, <i>Concise Finite-Domain Representations for PDDL Planning Tasks</i>). Combinations of objects that are ruled out are
/// never made.
/// </summary>
internal sealed class StepInstances
{
    private readonly PlanningProblem _problem;
    private readonly PlanningBudget _budget;
    private readonly string[] _objects;
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Relation> _relations = new(StringComparer.Ordinal);
    private readonly List<(Relation Relation, int[] Row)> _facts = [];
    private readonly Dictionary<int[], Instance>[] _instances;
    private int _count;

    private StepInstances(PlanningProblem problem, PlanningBudget budget)
    {
        _problem = problem;
        _budget = budget;
        _objects = [.. problem.Objects.Keys];
        for (var i = 0; i < _objects.Length; i++)
        {
            _numbers.Add(_objects[i], i);
        }

        _instances = [.. problem.Domain.Operators.Select(static _ => new Dictionary<int[], Instance>(Rows.Comparer))];
    }

    /// <summary>All of them, in the order of the domain and then of the objects; null if a limit was reached.</summary>
    public static List<PlanStep>? Of(PlanningProblem problem, PlanningBudget budget)
    {
        var instances = new StepInstances(problem, budget);
        instances.CheckObjects();
        return instances.TryFind() ? instances.Steps() : null;
    }

    private void CheckObjects()
    {
        foreach (var @operator in _problem.Domain.Operators)
        {
            var named = @operator.Atoms.SelectMany(static atom => atom.Terms);
            if (named.FirstOrDefault(term => !PlanningText.IsVariable(term) && !_numbers.ContainsKey(term)) is { } unknown)
            {
                throw new PlanningDefinitionException($"Operator '{@operator.Name}' names '{unknown}', but the problem has no such object. If a variable was meant, write ?{unknown}.");
            }
        }
    }

    private bool TryFind()
    {
        // What never changes comes first: it needs no turn of its own.
        foreach (var fact in _problem.InitialFacts.OrderBy(fact => !_problem.Domain.IsStatic(fact.Predicate)))
        {
            Note(RelationOf(fact.Predicate), [.. fact.Arguments.Select(argument => _numbers[argument])]);
        }

        // An operator comes before its effects, so that its step is there when they are found.
        var joins = new List<(Rule Rule, RuleJoin Join)>();
        var triggers = new Dictionary<Relation, List<(RuleJoin Join, int Need)>>();
        for (var i = 0; i < _problem.Domain.Operators.Count; i++)
        {
            for (var effect = -1; effect < _problem.Domain.Operators[i].ConditionalEffects.Count; effect++)
            {
                var rule = Rule.Of(_problem, i, effect, RelationOf, _numbers);
                var join = new RuleJoin(rule, _budget, bindings => TryAdd(rule, bindings));
                joins.Add((rule, join));
                for (var need = 0; need < rule.Needs.Length; need++)
                {
                    if (rule.Needs[need].IsChanging)
                    {
                        (triggers.TryGetValue(rule.Needs[need].Relation, out var known) ? known : triggers[rule.Needs[need].Relation] = []).Add((join, need));
                    }
                }
            }
        }

        if (joins.Exists(static pair => !Array.Exists(pair.Rule.Needs, static need => need.IsChanging) && !pair.Join.Start()))
        {
            return false;
        }

        for (var time = 0; time < _facts.Count; time++)
        {
            var (relation, row) = _facts[time];
            foreach (var (join, need) in triggers.GetValueOrDefault(relation) ?? [])
            {
                if (!_budget.IsInTime() || !join.Start(need, row, time))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private bool TryAdd(Rule rule, int[] bindings)
    {
        var arguments = bindings[.._problem.Domain.Operators[rule.Operator].Parameters.Count];
        if (rule.Effect < 0)
        {
            if (!IsAllowed(rule.Operator, arguments) || !_instances[rule.Operator].TryAdd(arguments, new Instance()))
            {
                return true;
            }
        }
        else if (_instances[rule.Operator].TryGetValue(arguments, out var instance))
        {
            instance.Effects.Add((rule.Effect, bindings[arguments.Length..]));
        }
        else
        {
            return true;
        }

        foreach (var atom in rule.Adds)
        {
            Note(atom.Relation, atom.Ground(bindings)!);
        }

        return ++_count <= _budget.Limits.MaxGroundSteps || _budget.Stop(PlanningLimit.GroundSteps);
    }

    private bool IsAllowed(int number, int[] arguments)
    {
        var @operator = _problem.Domain.Operators[number];
        if (@operator.CostOf is null && _problem.Excluded.Count == 0)
        {
            return true;
        }

        var step = new PlanStep(@operator, NamesOf(arguments), @operator.Bind(NamesOf(arguments)), []);
        return !_problem.Excluded.Contains(step.Name) && !double.IsPositiveInfinity(step.Cost);
    }

    private List<PlanStep> Steps()
    {
        var steps = new List<PlanStep>();
        for (var i = 0; i < _instances.Length; i++)
        {
            var @operator = _problem.Domain.Operators[i];
            foreach (var (arguments, instance) in _instances[i].OrderBy(static pair => pair.Key, Comparer<int[]>.Create(Rows.Compare)))
            {
                var names = NamesOf(arguments);
                var bindings = @operator.Bind(names);
                StepEffect[] effects =
                [
                    .. instance.Effects.OrderBy(static pair => pair.Effect).ThenBy(static pair => pair.Arguments, Comparer<int[]>.Create(Rows.Compare))
                        .Select(pair => EffectOf(@operator.ConditionalEffects[pair.Effect], pair.Arguments, bindings)),
                ];
                steps.Add(new PlanStep(@operator, names, bindings, effects));
            }
        }

        return steps;
    }

    private StepEffect EffectOf(ConditionalEffect effect, int[] arguments, Dictionary<string, string> bindings)
    {
        var all = new Dictionary<string, string>(bindings, StringComparer.Ordinal);
        for (var i = 0; i < arguments.Length; i++)
        {
            all.Add(effect.Parameters[i].Name, _objects[arguments[i]]);
        }

        return effect.Ground(all);
    }

    private void Note(Relation relation, int[] row)
    {
        if (relation.TryAdd(row, _facts.Count))
        {
            _facts.Add((relation, row));
        }
    }

    private Relation RelationOf(string predicate) => _relations.TryGetValue(predicate, out var known) ? known : _relations[predicate] = new Relation(predicate);

    private string[] NamesOf(int[] arguments) => [.. arguments.Select(argument => _objects[argument])];

    private sealed class Instance
    {
        public List<(int Effect, int[] Arguments)> Effects { get; } = [];
    }
}
