namespace AgentFlow.AI;

/// <summary>Makes steps of operators and objects, with the conditional effects that facts which never change allow.</summary>
internal static class StepBinding
{
    /// <summary>The step; null if it is not to go on: conditional effects can be for many objects.</summary>
    public static PlanStep? Of(PlanningOperator @operator, IReadOnlyList<string> arguments, PlanningProblem problem, Func<bool>? mayGoOn = null)
    {
        var bindings = @operator.Bind(arguments);
        var effects = new List<StepEffect>();
        foreach (var effect in @operator.ConditionalEffects)
        {
            if (!TryBind(effect, bindings, 0, problem, effects, mayGoOn))
            {
                return null;
            }
        }

        return new(@operator, [.. arguments], bindings, [.. effects]);
    }

    private static bool TryBind(ConditionalEffect effect, Dictionary<string, string> bindings, int next, PlanningProblem problem, List<StepEffect> effects, Func<bool>? mayGoOn)
    {
        if (mayGoOn?.Invoke() == false)
        {
            return false;
        }

        if (!MayHold(effect.Condition, bindings, problem))
        {
            return true;
        }

        if (next == effect.Parameters.Count)
        {
            effects.Add(effect.Ground(bindings));
            return true;
        }

        var parameter = effect.Parameters[next];
        foreach (var (name, type) in problem.Objects)
        {
            if (problem.Domain.IsA(type, parameter.Type))
            {
                bindings[parameter.Name] = name;
                if (!TryBind(effect, bindings, next + 1, problem, effects, mayGoOn))
                {
                    return false;
                }
            }
        }

        bindings.Remove(parameter.Name);
        return true;
    }

    /// <summary>Whether what is bound differs where it must, and what never changes is as it must be.</summary>
    private static bool MayHold(Condition condition, Dictionary<string, string> bindings, PlanningProblem problem) =>
        condition.Differs(bindings) && condition.Holds.All(atom => IsOpen(atom, bindings, problem) || problem.InitialSet.Contains(atom.Ground(bindings)))
        && condition.Absent.All(atom => IsOpen(atom, bindings, problem) || !problem.InitialSet.Contains(atom.Ground(bindings)));

    private static bool IsOpen(AtomPattern atom, Dictionary<string, string> bindings, PlanningProblem problem) =>
        !problem.Domain.IsStatic(atom.Predicate) || !atom.Variables.All(bindings.ContainsKey);
}
