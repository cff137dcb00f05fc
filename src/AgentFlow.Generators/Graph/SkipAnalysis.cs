using System.Collections.Generic;
using AgentFlow.Generators.Model;

namespace AgentFlow.Generators.Graph;

/// <summary>
/// Which actions may be skipped, and which required parameters carry that on to the result. An action may be skipped by itself
/// (a condition, <c>[Optional]</c>, a delay that another ends, the loser of a race whose losers are cancelled) or because something it
/// requires was.
/// </summary>
internal sealed class SkipAnalysis
{
    private readonly EquatableArray<ActionModel> _actions;
    private readonly string?[] _own;
    private readonly string?[] _cause;

    /// <param name="actions">The actions.</param>
    /// <param name="topological">An order in which every action comes after those it waits for.</param>
    public SkipAnalysis(EquatableArray<ActionModel> actions, int[] topological)
    {
        _actions = actions;
        _own = OwnCauses(actions);
        _cause = new string?[actions.Count];
        foreach (var action in topological)
        {
            _cause[action] = _own[action] ?? InheritedCause(actions[action]);
        }
    }

    /// <summary>Whether the action may be skipped, by itself or because of what it requires.</summary>
    public bool MaySkip(int action) => _cause[action] is not null;

    /// <summary>Whether the action may be skipped by itself.</summary>
    public bool SkipsItself(int action) => _own[action] is not null;

    /// <summary>Whether the parameter may be left without the value that it must have.</summary>
    public bool MayStarve(ParameterModel parameter) => parameter.Required && Cause(parameter) is not null;

    /// <summary>
    /// The edges over which the skipping of an action that may be skipped by itself reaches the given one: where each of the ways
    /// begins, since that is where one question mark mends it.
    /// </summary>
    public List<DependencyEdge> Origins(int target)
    {
        var origins = new List<DependencyEdge>();
        var seen = new bool[_actions.Count];
        var open = new Stack<int>();
        seen[target] = true;
        open.Push(target);
        while (open.Count > 0)
        {
            foreach (var edge in Starving(_actions[open.Pop()]))
            {
                if (SkipsItself(edge.From))
                {
                    origins.Add(edge);
                }
                else if (!seen[edge.From])
                {
                    seen[edge.From] = true;
                    open.Push(edge.From);
                }
            }
        }

        origins.Sort((left, right) => left.To != right.To ? left.To.CompareTo(right.To) : left.Parameter.CompareTo(right.Parameter));
        return origins;
    }

    /// <summary>The edges of an action that may leave a required value missing; of a merge the first of its sources speaks for all.</summary>
    private IEnumerable<DependencyEdge> Starving(ActionModel action)
    {
        foreach (var (method, role, place) in DependencyEdges.Methods(action))
        {
            for (var p = 0; p < method.Parameters.Count; p++)
            {
                if (MayStarve(method.Parameters[p]))
                {
                    yield return new DependencyEdge(method.Parameters[p].Actions[0], action.Index, role, place, p, 0);
                }
            }
        }

        if (action.ForEach is { } forEach && MaySkip(forEach.Source))
        {
            yield return new DependencyEdge(forEach.Source, action.Index, EdgeRole.ForEachSource, 0, 0, 0);
        }
    }

    private string? InheritedCause(ActionModel action)
    {
        foreach (var edge in Starving(action))
        {
            return _cause[edge.From];
        }

        return null;
    }

    /// <summary>
    /// Why the parameter's value may be missing. Branches on different conditions that merge are taken to be exhaustive:
    /// whether one of them always holds cannot be known here.
    /// </summary>
    private string? Cause(ParameterModel parameter)
    {
        if (parameter.Source is not (ParameterSource.Output or ParameterSource.Merge or ParameterSource.Race))
        {
            return null;
        }

        var cause = _cause[parameter.Actions[0]];
        for (var i = 1; cause is not null && i < parameter.Actions.Count; i++)
        {
            if (_cause[parameter.Actions[i]] != cause)
            {
                return null;
            }
        }

        return cause;
    }

    private static string?[] OwnCauses(EquatableArray<ActionModel> actions)
    {
        var own = new string?[actions.Count];
        foreach (var action in actions)
        {
            if (action.When is { } when)
            {
                own[action.Index] = "when " + when.Name;
            }
            else if (action.Optional)
            {
                own[action.Index] = "optional " + action.Method.Name;
            }
            else if (action.DelayUnless is not null)
            {
                own[action.Index] = "delayed " + action.Method.Name;
            }
        }

        foreach (var action in actions)
        {
            foreach (var (method, _, _) in DependencyEdges.Methods(action))
            {
                foreach (var parameter in method.Parameters)
                {
                    if (parameter is not { Source: ParameterSource.Race, CancelOthers: true })
                    {
                        continue;
                    }

                    // One of them wins, so each has a cause of its own and the race itself is never without a value.
                    foreach (var source in parameter.Actions)
                    {
                        own[source] ??= "lost " + actions[source].Method.Name;
                    }
                }
            }
        }

        return own;
    }
}
