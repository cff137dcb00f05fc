namespace AgentFlow.AI.Tests.Planning;

/// <summary>Does the steps of plans by the texts of the operators alone, and knows nothing of planners.</summary>
internal static class Simulator
{
    /// <summary>Checks that a plan works.</summary>
    public static void Check(PlanningProblem problem, StepPlan plan)
    {
        var state = problem.Initial.Select(Flat).ToHashSet();
        foreach (var step in plan.Steps)
        {
            state = Do(problem, state, step);
        }

        Assert.All(problem.Goals, goal => Assert.True(Holds(goal, state), goal));
        Assert.Equal(plan.Steps.Sum(static step => step.Operator.CostOf?.Invoke(step.Arguments) ?? step.Operator.Cost), plan.Cost);
    }

    /// <summary>The state after a step.</summary>
    public static HashSet<string> Do(PlanningProblem problem, HashSet<string> state, PlanStep step)
    {
        var op = problem.Domain.Operators.Single(op => op.Name == step.Operator.Name);
        var names = op.Parameters.Select((parameter, i) => (parameter.Name, step.Arguments[i])).ToList();
        foreach (var precondition in op.Preconditions)
        {
            Assert.True(Holds(Bound(names, precondition), state), $"{step} needs {precondition}.");
        }

        var adds = op.Adds.Select(text => Bound(names, text)).ToList();
        var deletes = op.Deletes.Select(text => Bound(names, text)).ToList();
        foreach (var effect in op.ConditionalEffects)
        {
            foreach (var all in effect.Parameters.Aggregate([names], (List<List<(string, string)>> some, PlanningParameter own) =>
                [.. some.SelectMany(bound => problem.Objects.Where(found => own.Type == PlanningParameter.AnyType || own.Type == found.Value).Select(found => bound.Append((own.Name, found.Key)).ToList()))]))
            {
                if (effect.Conditions.All(condition => Holds(Bound(all, condition), state)))
                {
                    adds.AddRange(effect.Adds.Select(text => Bound(all, text)));
                    deletes.AddRange(effect.Deletes.Select(text => Bound(all, text)));
                }
            }
        }

        var after = state.Except(deletes.Select(Flat)).ToHashSet();
        after.UnionWith(adds.Select(Flat));
        return after;
    }

    /// <summary>A fact without blanks.</summary>
    public static string Flat(string fact) => fact.Replace(" ", "", StringComparison.Ordinal);

    private static bool Holds(string condition, HashSet<string> state) =>
        condition.Split("!=") is [var left, var right] ? left.Trim() != right.Trim()
        : condition.StartsWith("not ", StringComparison.Ordinal) ? !state.Contains(Flat(condition[4..]))
        : state.Contains(Flat(condition));

    private static string Bound(IEnumerable<(string Name, string Value)> names, string text) => names
        .OrderByDescending(static pair => pair.Name.Length)
        .Aggregate(text, static (bound, pair) => bound.Replace(pair.Name, pair.Value, StringComparison.Ordinal));
}
