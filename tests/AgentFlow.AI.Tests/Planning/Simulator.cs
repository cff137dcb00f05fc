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

        Assert.All(problem.Goals, goal => Assert.Contains(Flat(goal), state));
        Assert.Equal(plan.Steps.Sum(static step => step.Operator.Cost), plan.Cost);
    }

    /// <summary>The state after a step.</summary>
    public static HashSet<string> Do(PlanningProblem problem, HashSet<string> state, PlanStep step)
    {
        var op = problem.Domain.Operators.Single(op => op.Name == step.Operator.Name);
        foreach (var precondition in op.Preconditions)
        {
            var text = Bound(op, step, precondition);
            Assert.True(text.Split("!=") is [var left, var right] ? left != right : state.Contains(text), $"{step} needs {text}.");
        }

        var after = state.Except(op.Deletes.Select(text => Bound(op, step, text))).ToHashSet();
        after.UnionWith(op.Adds.Select(text => Bound(op, step, text)));
        return after;
    }

    /// <summary>A fact without blanks.</summary>
    public static string Flat(string fact) => fact.Replace(" ", "", StringComparison.Ordinal);

    private static string Bound(PlanningOperator op, PlanStep step, string text) => op.Parameters
        .Select((parameter, i) => (parameter.Name, Value: step.Arguments[i]))
        .OrderByDescending(static pair => pair.Name.Length)
        .Aggregate(Flat(text), static (bound, pair) => bound.Replace(pair.Name, pair.Value, StringComparison.Ordinal));
}
