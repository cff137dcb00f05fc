using System.Collections.Generic;
using AgentFlow.Generators.Model;

namespace AgentFlow.Generators.Graph;

/// <summary>An edge as the run time's <c>AgentGraph</c> states it.</summary>
/// <param name="From">The action depended on.</param>
/// <param name="To">The action that depends.</param>
/// <param name="Kind">The name of the <c>AgentFlow.DependencyKind</c> member.</param>
/// <param name="Parameter">The parameter that takes the value, or null.</param>
/// <param name="Type">The type of the value, or null.</param>
/// <param name="Group">The number of its group of alternatives, or -1.</param>
/// <param name="Required">Whether the consumer needs the value.</param>
/// <param name="CancelsOthers">Whether the losers of the race are cancelled.</param>
internal sealed record RuntimeEdge(int From, int To, string Kind, string? Parameter, string? Type, int Group, bool Required, bool CancelsOthers);

/// <summary>Derives the run time's edges from the model.</summary>
internal static class RuntimeEdges
{
    /// <param name="actions">The actions.</param>
    /// <param name="racing">The parameters that race, by the number of their group.</param>
    public static IReadOnlyList<RuntimeEdge> Of(EquatableArray<ActionModel> actions, out List<ParameterModel> racing)
    {
        racing = new List<ParameterModel>();
        var edges = new List<RuntimeEdge>();
        var any = new List<RuntimeEdge>();
        var merges = new List<RuntimeEdge>();
        var anys = 0;
        var merged = 0;
        foreach (var action in actions)
        {
            var own = edges.Count;
            foreach (var (method, role, _) in DependencyEdges.Methods(action))
            {
                foreach (var parameter in method.Parameters)
                {
                    switch (parameter.Source)
                    {
                        case ParameterSource.Output:
                            AddValue(edges, own, role, Value(actions, action, parameter, parameter.Actions[0], parameter.Required ? "Value" : "OptionalValue", -1));
                            break;
                        case ParameterSource.Merge:
                            foreach (var source in parameter.Actions)
                            {
                                merges.Add(Value(actions, action, parameter, source, "Merge", merged));
                            }

                            merged++;
                            break;
                        case ParameterSource.Race:
                            foreach (var source in parameter.Actions)
                            {
                                edges.Add(Value(actions, action, parameter, source, "Race", racing.Count));
                            }

                            racing.Add(parameter);
                            break;
                        case ParameterSource.Previous:
                            AddValue(edges, own, role, Value(actions, action, parameter, parameter.Actions[0], "Previous", -1));
                            break;
                    }
                }
            }

            if (action.ForEach is { } forEach)
            {
                edges.Add(new(forEach.Source, action.Index, "Value", null, actions[forEach.Source].Output?.Name, -1, true, false));
            }

            foreach (var order in action.Order)
            {
                foreach (var source in order.Actions)
                {
                    (order.Any ? any : edges).Add(new(source, action.Index, order.Any ? "Any" : "Order", null, null, order.Any ? anys : -1, false, false));
                }

                anys += order.Any ? 1 : 0;
            }
        }

        var races = racing.Count;
        edges.AddRange(any.ConvertAll(edge => edge with { Group = edge.Group + races }));
        edges.AddRange(merges.ConvertAll(edge => edge with { Group = edge.Group + races + anys }));
        return edges;
    }

    /// <summary>What an action's predicates and the like take of the same source is no other edge; one of them that needs the value makes the edge need it.</summary>
    private static void AddValue(List<RuntimeEdge> edges, int own, EdgeRole role, RuntimeEdge edge)
    {
        var known = role == EdgeRole.Method ? -1 : edges.FindIndex(own, other => other.From == edge.From && other.Group < 0 && (other.Kind == "Previous") == (edge.Kind == "Previous"));
        if (known < 0)
        {
            edges.Add(edge);
        }
        else if (edge.Required && !edges[known].Required)
        {
            edges[known] = edges[known] with { Kind = edge.Kind, Required = true };
        }
    }

    private static RuntimeEdge Value(EquatableArray<ActionModel> actions, ActionModel to, ParameterModel parameter, int from, string kind, int group) =>
        new(from, to.Index, kind, parameter.Name, actions[from].Output?.Name, group, parameter.Required, parameter.CancelOthers);
}
