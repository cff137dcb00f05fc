namespace AgentFlow;

/// <summary>The orders in which the scheduler takes the actions of a plan.</summary>
internal static class PlanOrder
{
    private static readonly TimeSpan s_defaultEstimate = TimeSpan.FromSeconds(1);

    /// <summary>The order in which ready actions start: by priority, then by longest remaining path, then as in the plan.</summary>
    public static int[] Rank(AgentGraph graph)
    {
        var remaining = new TimeSpan[graph.Actions.Count];
        var successors = graph.Edges.ToLookup(static edge => edge.From, static edge => edge.To);
        foreach (var action in Topological(graph).Reverse())
        {
            remaining[action] = (graph.Actions[action].Estimate ?? s_defaultEstimate) + successors[action].Select(next => remaining[next]).DefaultIfEmpty().Max();
        }

        return [.. graph.Actions.OrderByDescending(static a => a.Priority).ThenByDescending(a => remaining[a.Index]).ThenBy(static a => a.Index).Select(static a => a.Index)];
    }

    /// <summary>An order in which every action comes after those it waits for.</summary>
    public static int[] Topological(AgentGraph graph) => [.. graph.Waves.SelectMany(static wave => wave).Select(static action => action.Index)];
}
