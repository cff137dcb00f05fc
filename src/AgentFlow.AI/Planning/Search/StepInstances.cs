namespace AgentFlow.AI;

/// <summary>The steps that the operators make with the objects of their parameters' types.</summary>
internal sealed class StepInstances
{
    private readonly PlanningProblem _problem;
    private readonly PlanningBudget _budget;
    private readonly HashSet<string> _changing;
    private readonly HashSet<Fact> _initial;
    private readonly List<PlanStep> _steps = [];
    private long _tried;

    private StepInstances(PlanningProblem problem, PlanningBudget budget)
    {
        _problem = problem;
        _budget = budget;
        _changing = problem.Domain.Operators.SelectMany(static op => op.AddPatterns.Concat(op.DeletePatterns)).Select(static atom => atom.Predicate).ToHashSet(StringComparer.Ordinal);
        _initial = [.. problem.InitialFacts];
    }

    /// <summary>All of them, in the order of the domain and then of the objects; null if a limit was reached.</summary>
    public static List<PlanStep>? Of(PlanningProblem problem, PlanningBudget budget)
    {
        var instances = new StepInstances(problem, budget);
        return problem.Domain.Operators.All(instances.TryAdd) ? instances._steps : null;
    }

    private bool TryAdd(PlanningOperator @operator)
    {
        var constants = @operator.Condition.Holds.Concat(@operator.AddPatterns).Concat(@operator.DeletePatterns).SelectMany(static atom => atom.Terms).Where(static term => !PlanningText.IsVariable(term));
        if (constants.FirstOrDefault(term => !_problem.Objects.ContainsKey(term)) is { } unknown)
        {
            throw new PlanningDefinitionException($"Operator '{@operator.Name}' names '{unknown}', but the problem has no such object. If a variable was meant, write ?{unknown}.");
        }

        return TryBind(@operator, [], 0);
    }

    private bool TryBind(PlanningOperator @operator, Dictionary<string, string> bindings, int next)
    {
        if (next == @operator.Parameters.Count)
        {
            var step = @operator.Ground(bindings);
            if (!_problem.Excluded.Contains(step.Name))
            {
                _steps.Add(step);
            }

            return _steps.Count <= _budget.Limits.MaxGroundSteps || _budget.Stop(PlanningLimit.GroundSteps);
        }

        var parameter = @operator.Parameters[next];
        foreach (var (name, type) in _problem.Objects)
        {
            if (!_problem.Domain.IsA(type, parameter.Type))
            {
                continue;
            }

            if (++_tried > 10L * _budget.Limits.MaxGroundSteps)
            {
                return _budget.Stop(PlanningLimit.GroundSteps);
            }

            bindings[parameter.Name] = name;
            if (MayHold(@operator, bindings) && !(_budget.IsInTime() && TryBind(@operator, bindings, next + 1)))
            {
                return false;
            }
        }

        bindings.Remove(parameter.Name);
        return true;
    }

    /// <summary>Whether what is bound differs where it must, and what never changes is so: most combinations end here.</summary>
    private bool MayHold(PlanningOperator @operator, Dictionary<string, string> bindings)
    {
        if (!@operator.Condition.Differs(bindings))
        {
            return false;
        }

        foreach (var atom in @operator.Condition.Holds)
        {
            if (!_changing.Contains(atom.Predicate) && atom.Variables.All(bindings.ContainsKey) && !_initial.Contains(atom.Ground(bindings)))
            {
                return false;
            }
        }

        return true;
    }
}
