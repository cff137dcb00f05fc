using System;
using System.Collections.Generic;
using System.Linq;
using AgentFlow.Generators.Model;

namespace AgentFlow.Generators.Graph;

/// <summary>What emission needs to know of a sound agent's graph: its edges as the run time sees them, and the orders in which actions start.</summary>
internal sealed class Topology
{
    private const long DefaultEstimate = 10_000_000;

    private readonly List<ParameterModel> _races;

    public Topology(AgentModel agent)
    {
        Edges = RuntimeEdges.Of(agent.Actions, out var races);
        _races = races;
        Predecessors = DependencyEdges.Predecessors(agent.Actions);
        Successors = DependencyEdges.Successors(Predecessors);
        var topological = Sort(Predecessors, Successors);
        Wave = Waves(Predecessors, topological);
        Rank = RankActions(agent.Actions, Successors, topological);
        Lane = Simulate(Predecessors, Successors, Rank);
        MayBeAbsent = FindAbsent(agent.Actions, topological);
    }

    /// <summary>The edges; groups of races and any-waits are numbered from 0, those of merges after them.</summary>
    public IReadOnlyList<RuntimeEdge> Edges { get; }

    public int[][] Predecessors { get; }

    public int[][] Successors { get; }

    /// <summary>The wave of each action, from 0.</summary>
    public int[] Wave { get; }

    /// <summary>The actions in the order in which ready ones start: by priority, then by longest remaining path, then as in the source.</summary>
    public int[] Rank { get; }

    /// <summary>The order in which the actions start if each completes on the spot: what the scheduler would do, played through.</summary>
    public int[] Lane { get; }

    /// <summary>Whether an action may settle without a value although nothing failed. Unlike the analysis behind AF0112, merges of conditions are not trusted to be exhaustive.</summary>
    public bool[] MayBeAbsent { get; }

    /// <summary>The number of the group of alternatives that a racing parameter takes its value from.</summary>
    public int GroupOf(ParameterModel race) => _races.FindIndex(p => ReferenceEquals(p, race));

    /// <summary>Whether two actions that can be pending may be under way at once.</summary>
    public bool IsConcurrent => Wave.GroupBy(w => w).Any(g => g.Count() > 1);

    private static int[] Sort(int[][] predecessors, int[][] successors)
    {
        var waiting = Array.ConvertAll(predecessors, p => p.Length);
        var order = new List<int>(waiting.Length);
        for (var i = 0; i < waiting.Length; i++)
        {
            if (waiting[i] == 0)
            {
                order.Add(i);
            }
        }

        for (var at = 0; at < order.Count; at++)
        {
            foreach (var next in successors[order[at]])
            {
                if (--waiting[next] == 0)
                {
                    order.Add(next);
                }
            }
        }

        return order.ToArray();
    }

    private static int[] Waves(int[][] predecessors, int[] topological)
    {
        var wave = new int[predecessors.Length];
        foreach (var action in topological)
        {
            foreach (var before in predecessors[action])
            {
                wave[action] = Math.Max(wave[action], wave[before] + 1);
            }
        }

        return wave;
    }

    private static int[] RankActions(EquatableArray<ActionModel> actions, int[][] successors, int[] topological)
    {
        var remaining = new long[actions.Count];
        for (var i = topological.Length - 1; i >= 0; i--)
        {
            var action = topological[i];
            foreach (var next in successors[action])
            {
                remaining[action] = Math.Max(remaining[action], remaining[next]);
            }

            var own = actions[action].Estimate ?? DefaultEstimate;
            remaining[action] = remaining[action] > long.MaxValue - own ? long.MaxValue : remaining[action] + own;
        }

        return actions
            .OrderByDescending(a => a.Priority)
            .ThenByDescending(a => remaining[a.Index])
            .ThenBy(a => a.Index)
            .Select(a => a.Index)
            .ToArray();
    }

    private static int[] Simulate(int[][] predecessors, int[][] successors, int[] rank)
    {
        var place = new int[rank.Length];
        for (var i = 0; i < rank.Length; i++)
        {
            place[rank[i]] = i;
        }

        var waiting = Array.ConvertAll(predecessors, p => p.Length);
        var ready = new SortedSet<int>();
        for (var i = 0; i < waiting.Length; i++)
        {
            if (waiting[i] == 0)
            {
                ready.Add(place[i]);
            }
        }

        var lane = new List<int>(rank.Length);
        while (ready.Count > 0)
        {
            var first = ready.Min;
            ready.Remove(first);
            var action = rank[first];
            lane.Add(action);
            foreach (var next in successors[action])
            {
                if (--waiting[next] == 0)
                {
                    ready.Add(place[next]);
                }
            }
        }

        return lane.ToArray();
    }

    private static bool[] FindAbsent(EquatableArray<ActionModel> actions, int[] topological)
    {
        var absent = new bool[actions.Count];
        foreach (var losers in actions.SelectMany(a => DependencyEdges.Methods(a)).SelectMany(m => m.Method.Parameters).Where(p => p.CancelOthers))
        {
            foreach (var loser in losers.Actions)
            {
                absent[loser] = true;
            }
        }

        foreach (var index in topological)
        {
            var action = actions[index];
            absent[index] |= action.When is not null
                || action.Optional
                || action.DelayUnless is not null
                || (action.ForEach is { } forEach && absent[forEach.Source])
                || DependencyEdges.Methods(action).SelectMany(m => m.Method.Parameters).Any(p => Starves(p, absent));
        }

        return absent;
    }

    private static bool Starves(ParameterModel parameter, bool[] absent) =>
        parameter.Source is ParameterSource.Output or ParameterSource.Merge or ParameterSource.Race
        && parameter.Required
        && parameter.Actions.All(a => absent[a]);
}
