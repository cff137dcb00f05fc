using System.Collections.Generic;
using AgentFlow.Generators.Model;

namespace AgentFlow.Generators.Graph;

/// <summary>
/// What an action waits for: the outputs that its own parameters and those of its predicates, fallback and compensation take,
/// the sequence it runs over, and the order it was given. <c>[Previous]</c> is no edge: its value is there when the iteration starts.
/// </summary>
internal static class DependencyEdges
{
    /// <summary>The edges of one action in the order of its declaration; the same source may appear more than once.</summary>
    public static IEnumerable<DependencyEdge> Of(ActionModel action)
    {
        foreach (var (method, role, place) in Methods(action))
        {
            for (var p = 0; p < method.Parameters.Count; p++)
            {
                var parameter = method.Parameters[p];
                if (parameter.Source is not (ParameterSource.Output or ParameterSource.Merge or ParameterSource.Race))
                {
                    continue;
                }

                for (var i = 0; i < parameter.Actions.Count; i++)
                {
                    yield return new DependencyEdge(parameter.Actions[i], action.Index, role, place, p, i);
                }
            }
        }

        if (action.ForEach is { Source: >= 0 } forEach)
        {
            yield return new DependencyEdge(forEach.Source, action.Index, EdgeRole.ForEachSource, 0, 0, 0);
        }

        for (var o = 0; o < action.Order.Count; o++)
        {
            for (var i = 0; i < action.Order[o].Actions.Count; i++)
            {
                yield return new DependencyEdge(action.Order[o].Actions[i], action.Index, EdgeRole.Order, o, 0, i);
            }
        }
    }

    /// <summary>For each action, the distinct actions that it waits for, ascending.</summary>
    public static int[][] Predecessors(EquatableArray<ActionModel> actions)
    {
        var predecessors = new int[actions.Count][];
        var seen = new SortedSet<int>();
        for (var i = 0; i < predecessors.Length; i++)
        {
            seen.Clear();
            foreach (var edge in Of(actions[i]))
            {
                seen.Add(edge.From);
            }

            predecessors[i] = new int[seen.Count];
            seen.CopyTo(predecessors[i]);
        }

        return predecessors;
    }

    /// <summary>The same edges the other way round: for each action, the distinct actions that wait for it, ascending.</summary>
    public static int[][] Successors(int[][] predecessors)
    {
        var counts = new int[predecessors.Length];
        foreach (var sources in predecessors)
        {
            foreach (var source in sources)
            {
                counts[source]++;
            }
        }

        var successors = new int[predecessors.Length][];
        for (var i = 0; i < successors.Length; i++)
        {
            successors[i] = new int[counts[i]];
            counts[i] = 0;
        }

        for (var i = 0; i < predecessors.Length; i++)
        {
            foreach (var source in predecessors[i])
            {
                successors[source][counts[source]++] = i;
            }
        }

        return successors;
    }

    /// <summary>The methods of an action with what they are to it; <c>Place</c> counts those of the same role.</summary>
    public static IEnumerable<(MethodModel Method, EdgeRole Role, int Place)> Methods(ActionModel action)
    {
        yield return (action.Method, EdgeRole.Method, 0);

        if (action.When is { } when)
        {
            yield return (when, EdgeRole.When, 0);
        }

        for (var i = 0; i < action.Requires.Count; i++)
        {
            yield return (action.Requires[i], EdgeRole.Requires, i);
        }

        for (var i = 0; i < action.Ensures.Count; i++)
        {
            yield return (action.Ensures[i], EdgeRole.Ensures, i);
        }

        if (action.Fallback is { } fallback)
        {
            yield return (fallback, EdgeRole.Fallback, 0);
        }

        if (action.Compensate is { } compensate)
        {
            yield return (compensate, EdgeRole.Compensate, 0);
        }

        if (action.ForEach?.Until is { } until)
        {
            yield return (until, EdgeRole.ForEachUntil, 0);
        }
    }
}

/// <summary>One way in which an action waits for another, and where it was written.</summary>
/// <param name="From">The index of the action waited for.</param>
/// <param name="To">The index of the action that waits.</param>
/// <param name="Role">What of the waiting action the edge comes from.</param>
/// <param name="Place">Which method, or <c>[DependsOn]</c>, of that role.</param>
/// <param name="Parameter">Which parameter of the method.</param>
/// <param name="Name">Which of several names.</param>
internal readonly record struct DependencyEdge(int From, int To, EdgeRole Role, int Place, int Parameter, int Name);

/// <summary>What of an action an edge comes from.</summary>
internal enum EdgeRole
{
    Method,
    When,
    Requires,
    Ensures,
    Fallback,
    Compensate,
    ForEachUntil,
    ForEachSource,
    Order,
}
