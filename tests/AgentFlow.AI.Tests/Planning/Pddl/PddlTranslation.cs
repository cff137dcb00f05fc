namespace AgentFlow.AI.Tests.Planning.Pddl;

/// <summary>Says in the planners' language what a PDDL text says.</summary>
internal static class PddlTranslation
{
    /// <summary>The problem; by its metric, or with 1 as the cost of every step.</summary>
    public static PlanningProblem ProblemOf(PddlTask task, bool byMetric) => new(new PlanningDomain(task.Actions.Select(action => OperatorOf(task, action, byMetric)), supertypes: task.Types), task.Objects)
    {
        Initial = [.. task.Initial.Select(TextOf)],
        Goals = [.. task.Goals.Select(TextOf)],
    };

    private static PlanningOperator OperatorOf(PddlTask task, PddlAction action, bool byMetric)
    {
        var plain = action.Effects.Where(static effect => effect.Parameters.Count + effect.Conditions.Count == 0).Select(static effect => effect.Literal).ToList();
        return new(action.Name, ParametersOf(action.Parameters))
        {
            Preconditions = [.. action.Preconditions.Select(TextOf)],
            Adds = [.. plain.Where(static literal => literal.Head != "not").Select(TextOf)],
            Deletes = [.. plain.Where(static literal => literal.Head == "not").Select(static literal => TextOf(literal.Items[1]))],
            ConditionalEffects = [.. action.Effects.Where(static effect => effect.Parameters.Count + effect.Conditions.Count > 0).Select(static effect => new ConditionalEffect(ParametersOf(effect.Parameters))
            {
                Conditions = [.. effect.Conditions.Select(TextOf)],
                Adds = effect.Literal.Head == "not" ? [] : [TextOf(effect.Literal)],
                Deletes = effect.Literal.Head == "not" ? [TextOf(effect.Literal.Items[1])] : [],
            })],
            Cost = byMetric ? action.Costs.Where(static cost => cost.Word is not null).Sum(PddlTask.Number) : 1,
            CostOf = byMetric && action.Costs.Exists(static cost => cost.Word is null) ? objects => CostOf(task, action, objects) : null,
        };
    }

    private static double CostOf(PddlTask task, PddlAction action, IReadOnlyList<string> objects)
    {
        var places = action.Parameters.Select(static (parameter, i) => (parameter.Name, i)).ToDictionary(static pair => pair.Name, static pair => pair.i);
        return action.Costs.Sum(cost => cost.Word is not null
            ? PddlTask.Number(cost)
            : task.Values.GetValueOrDefault($"({string.Join(' ', cost.Items.Select(item => places.TryGetValue(item.Word!, out var place) ? objects[place] : item.Word))})", double.PositiveInfinity));
    }

    private static string ParametersOf(IEnumerable<(string Name, string Type)> parameters) => string.Join(", ", parameters.Select(static parameter => $"{parameter.Name}: {parameter.Type}"));

    private static string TextOf(PddlNode node) => node.Head switch
    {
        "not" when node.Items[1].Head == "=" => $"{node.Items[1].Items[1]} != {node.Items[1].Items[2]}",
        "not" => $"not {TextOf(node.Items[1])}",
        "=" or "or" or "imply" or "exists" or "forall" or "when" => throw new NotSupportedException($"The translation does not know '{node.Head}'."),
        _ => node.Items.Count == 1 ? node.Head : $"{node.Head}({string.Join(", ", node.Rest)})",
    };
}
