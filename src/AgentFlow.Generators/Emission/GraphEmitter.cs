using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using AgentFlow.Generators.Graph;
using AgentFlow.Generators.Model;

namespace AgentFlow.Generators.Emission;

/// <summary>Writes the graph and the plan that the scheduler works from.</summary>
internal static class GraphEmitter
{
    public static void Emit(SourceWriter writer, AgentModel agent, AgentNames names, Topology topology, RunShape run)
    {
        writer.Line("public static readonly global::AgentFlow.AgentGraph Graph = new(");
        writer.Indented(() =>
        {
            writer.Line($"{Identifier.Literal(agent.Id)},");
            writer.Block("new global::AgentFlow.ActionNode[]", () =>
            {
                foreach (var action in agent.Actions)
                {
                    writer.Line($"new({action.Index}, {Identifier.Literal(action.Id)}) {{ {string.Join(", ", Facts(agent, action))} }},");
                }
            }, "},");
            if (topology.Edges.Count == 0)
            {
                writer.Line("global::System.Array.Empty<global::AgentFlow.DependencyEdge>())");
            }
            else
            {
                writer.Block("new global::AgentFlow.DependencyEdge[]", () =>
                {
                    foreach (var edge in topology.Edges)
                    {
                        writer.Line($"new({edge.From}, {edge.To}, global::AgentFlow.DependencyKind.{edge.Kind}){Facts(edge)},");
                    }
                }, "})");
            }
        });
        writer.Block(null, () =>
        {
            writer.Line($"MaxParallel = {agent.MaxParallel},");
            writer.Line($"MaxIterations = {(agent.Until is null ? 0 : agent.MaxIterations)},");
        }, "};");
        writer.Line();
        writer.Line($"private static readonly {Runtime.RunPlan} Plan = new(");
        writer.Indented(() =>
        {
            writer.Line("Graph,");
            writer.Line($"rank: new[] {{ {string.Join(", ", topology.Rank)} }},");
            writer.Line($"lane: new[] {{ {string.Join(", ", topology.Lane)} }})");
        });
        writer.Block(null, () =>
        {
            foreach (var fact in PlanFacts(agent, names, run))
            {
                writer.Line(fact + ",");
            }
        }, "};");
        writer.Line();
    }

    public static string Time(long ticks) => $"new global::System.TimeSpan({ticks.ToString(CultureInfo.InvariantCulture)}L)";

    private static IEnumerable<string> Facts(AgentModel agent, ActionModel action)
    {
        if (action.Title is not null)
        {
            yield return $"Title = {Identifier.Literal(action.Title)}";
        }

        yield return $"Type = global::AgentFlow.ActionType.{action.Type}";
        yield return $"Mode = global::AgentFlow.ActionMode.{action.Mode}";
        yield return $"Effect = global::AgentFlow.Effect.{action.Effect}";
        if (action.Priority != 0)
        {
            yield return $"Priority = {action.Priority.ToString(CultureInfo.InvariantCulture)}";
        }

        if (action.Estimate is { } estimate)
        {
            yield return $"Estimate = {Time(estimate)}";
        }

        if (action.Output is { } output)
        {
            yield return $"Output = {Identifier.Literal(ShortName(output.Name))}";
        }

        if (action.IsSensitive)
        {
            yield return "IsSensitive = true";
        }

        if (action.When is { } when)
        {
            yield return $"Condition = {Identifier.Literal(when.Name)}";
        }

        if (action.ForEach is { } forEach)
        {
            yield return $"ForEach = {forEach.Source}";
        }

        if (action.Signal is { } signal)
        {
            yield return "IsSignal = true";
            if (signal.Timeout is { } timeout)
            {
                yield return $"SignalTimeout = {Time(timeout)}";
            }
        }

        if (action.Delay is { } delay)
        {
            yield return $"Delay = {Time(delay)}";
        }

        if (action.DelayUnless is { } unless)
        {
            yield return $"DelayUnless = {unless.ToString(CultureInfo.InvariantCulture)}";
        }

        if (action.Optional)
        {
            yield return "IsOptional = true";
        }

        if (action.Compensate is not null)
        {
            yield return "IsCompensated = true";
        }

        if (agent.Result == action.Index)
        {
            yield return "IsResult = true";
        }
    }

    private static string Facts(RuntimeEdge edge)
    {
        var facts = new List<string>();
        if (edge.Parameter is not null)
        {
            facts.Add($"Parameter = {Identifier.Literal(edge.Parameter)}");
        }

        if (edge.Type is not null)
        {
            facts.Add($"Type = {Identifier.Literal(ShortName(edge.Type))}");
        }

        if (edge.Group >= 0)
        {
            facts.Add($"Group = {edge.Group}");
        }

        if (!edge.Required)
        {
            facts.Add("IsRequired = false");
        }

        if (edge.CancelsOthers)
        {
            facts.Add("CancelsOthers = true");
        }

        return facts.Count == 0 ? "" : $" {{ {string.Join(", ", facts)} }}";
    }

    private static IEnumerable<string> PlanFacts(AgentModel agent, AgentNames names, RunShape run)
    {
        yield return $"OwnsToken = {(run.OwnsToken ? "true" : "false")}";
        if (run.GivesContexts)
        {
            yield return "GivesContexts = true";
        }

        if (agent.Waves)
        {
            yield return "Waves = true";
        }

        if (agent.ContinueOnFailure)
        {
            yield return "ContinueOnFailure = true";
        }

        if (agent.Until is { } until)
        {
            yield return "Loops = true";
            yield return $"UntilSources = new int[] {{ {string.Join(", ", until.Parameters.SelectMany(p => p.Actions).Distinct())} }}";
        }

        if (agent.ReturnLastOnLimit)
        {
            yield return "ReturnLastOnLimit = true";
        }

        if (names.Result is { IsNullable: false })
        {
            yield return "NeedsResult = true";
        }

        if (agent.Timeout is { } timeout)
        {
            yield return $"Timeout = {Time(timeout)}";
        }

        if (agent.Budget is { } budget)
        {
            yield return $"ActionBudget = {budget.Actions}";
            yield return $"TokenBudget = {budget.Tokens}L";
            yield return $"CostBudget = {budget.Cost.ToString("R", CultureInfo.InvariantCulture)}d";
        }
    }

    /// <summary>A type's name for people: without <c>global::</c> and namespaces.</summary>
    private static string ShortName(string name)
    {
        var text = new System.Text.StringBuilder(name.Length);
        var start = 0;
        for (var i = 0; i <= name.Length; i++)
        {
            if (i < name.Length && (char.IsLetterOrDigit(name[i]) || name[i] is '_' or '.' or ':' or '@'))
            {
                continue;
            }

            var word = name.Substring(start, i - start);
            text.Append(word.Substring(word.LastIndexOfAny(['.', ':']) + 1));
            if (i < name.Length)
            {
                text.Append(name[i]);
            }

            start = i + 1;
        }

        return text.ToString();
    }
}
