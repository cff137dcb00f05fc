using System.Collections.Generic;
using AgentFlow.Generators.Model;

namespace AgentFlow.Generators.Graph;

/// <summary>What follows from what, over the whole graph.</summary>
internal static class Reachability
{
    /// <summary>
    /// The <c>[DependsOn]</c> edges that the rest of the graph implies already. Only waits that are certain imply anything:
    /// neither a race nor <c>Wait = Any</c> waits for each of its sources.
    /// </summary>
    public static IEnumerable<DependencyEdge> RedundantOrder(EquatableArray<ActionModel> actions, int[] topological)
    {
        var certain = new List<DependencyEdge>[actions.Count];
        var anyOrder = false;
        for (var i = 0; i < certain.Length; i++)
        {
            certain[i] = [];
            foreach (var edge in DependencyEdges.Of(actions[i]))
            {
                if (IsCertain(actions[i], edge))
                {
                    certain[i].Add(edge);
                    anyOrder |= edge.Role == EdgeRole.Order;
                }
            }
        }

        // The bit sets cost the square of the number of actions: only pay when there is something to ask.
        if (!anyOrder)
        {
            yield break;
        }

        var words = (actions.Count + 63) / 64;
        var before = new ulong[actions.Count][];
        foreach (var action in topological)
        {
            before[action] = new ulong[words];
            foreach (var edge in certain[action])
            {
                Add(before[action], edge.From);
                Unite(before[action], before[edge.From]);
            }
        }

        for (var action = 0; action < actions.Count; action++)
        {
            var edges = certain[action];
            for (var e = 0; e < edges.Count; e++)
            {
                if (edges[e].Role == EdgeRole.Order && IsImplied(edges, e, before))
                {
                    yield return edges[e];
                }
            }
        }
    }

    /// <summary>For each action, whether something that satisfies the mark waits for it, directly or through others.</summary>
    public static bool[] HasDescendant(int[][] successors, int[] topological, bool[] mark)
    {
        var has = new bool[mark.Length];
        for (var i = topological.Length - 1; i >= 0; i--)
        {
            var action = topological[i];
            foreach (var successor in successors[action])
            {
                has[action] |= mark[successor] || has[successor];
            }
        }

        return has;
    }

    /// <summary>Of two equal orders the later one is the redundant one.</summary>
    private static bool IsImplied(List<DependencyEdge> edges, int at, ulong[][] before)
    {
        var source = edges[at].From;
        for (var e = 0; e < edges.Count; e++)
        {
            if (e == at)
            {
                continue;
            }

            if (edges[e].From == source ? edges[e].Role != EdgeRole.Order || e < at : Contains(before[edges[e].From], source))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsCertain(ActionModel action, DependencyEdge edge)
    {
        if (edge.Role == EdgeRole.Order)
        {
            return !action.Order[edge.Place].Any || action.Order[edge.Place].Actions.Count == 1;
        }

        if (edge.Role == EdgeRole.ForEachSource)
        {
            return true;
        }

        foreach (var (method, role, place) in DependencyEdges.Methods(action))
        {
            if (role == edge.Role && place == edge.Place)
            {
                return method.Parameters[edge.Parameter].Source != ParameterSource.Race;
            }
        }

        return false;
    }

    private static void Add(ulong[] set, int item) => set[item >> 6] |= 1UL << (item & 63);

    private static bool Contains(ulong[] set, int item) => (set[item >> 6] & (1UL << (item & 63))) != 0;

    private static void Unite(ulong[] set, ulong[] other)
    {
        for (var i = 0; i < set.Length; i++)
        {
            set[i] |= other[i];
        }
    }
}
