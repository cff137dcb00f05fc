using System;
using System.Collections.Generic;
using System.Linq;
using AgentFlow.Generators.Diagnostics;
using AgentFlow.Generators.Emission;
using AgentFlow.Generators.Model;
using Microsoft.CodeAnalysis;

namespace AgentFlow.Generators.Parsing;

/// <summary>Reads the methods that turn what was recorded of an action into what it makes today, one after the other.</summary>
internal sealed class UpcastParser(AgentScope scope, JsonContracts contracts)
{
    private const string Serializer = "global::System.Text.Json.JsonSerializer";

    public static IEnumerable<(IMethodSymbol Method, AttributeData Attribute)> Find(INamedTypeSymbol agent) =>
        from type in ActionCollector.Lineage(agent)
        from method in ActionCollector.InSourceOrder(type)
        from attribute in AttributeSet.Of(method).All(KnownSymbols.Upcast)
        select (method, attribute);

    public List<UpcastModel> Parse(IReadOnlyList<string> outputs)
    {
        var steps = new List<Step>();
        foreach (var (method, attribute) in Find(scope.Agent))
        {
            if (scope.Resolve(attribute.Text(), Place.Of(attribute, 0), owner: null) is { } action && Read(method, attribute, action, outputs, steps) is { } step)
            {
                steps.Add(step);
            }
        }

        var models = new List<UpcastModel>();
        foreach (var step in steps)
        {
            if (Finish(step, steps, Recorded(step)) is { } expression)
            {
                models.Add(new UpcastModel(step.Action.Index, step.Contract, expression));
            }
            else
            {
                Misfit(step.Method, step.Action, $"it makes '{step.Method.ReturnType.ToMinimalName()}', which is neither '{step.Action.Output!.ToMinimalName()}' nor what another [Upcast] of the action takes");
            }
        }

        return models;
    }

    private Step? Read(IMethodSymbol method, AttributeData attribute, ActionDraft action, IReadOnlyList<string> outputs, List<Step> steps)
    {
        if (action.Output is null || action.IsFireAndForget)
        {
            scope.Report.Report(Descriptors.OptionWithoutEffect, Place.Of(attribute), "[Upcast]", $"nothing is recorded of '{action.Name}'; remove it");
            return null;
        }

        var objection = method switch
        {
            { IsStatic: false } => "make it static: it is called before there is a run",
            { IsGenericMethod: true } => "it must not be generic",
            _ when method.Parameters.Length != 1 || method.Parameters[0].RefKind != RefKind.None => "it takes one parameter, what was recorded",
            _ when !scope.Compilation.IsSymbolAccessibleWithin(method, scope.Agent) => "the agent cannot call it",
            _ => null,
        };
        if (objection is not null)
        {
            Misfit(method, action, objection);
            return null;
        }

        var old = method.Parameters[0];
        if (contracts.Add(old.Type, out var failure) is not { } contract)
        {
            scope.Report.Report(Descriptors.NotRecordable, Place.Of(old), old.Name, failure!.Value.Path, failure.Value.Reason);
            return null;
        }

        if (contract == outputs[action.Index])
        {
            Misfit(method, action, "that is what the action makes today; remove it, or take what it made before");
            return null;
        }

        if (steps.Any(s => s.Action == action && s.Contract == contract))
        {
            Misfit(method, action, "another [Upcast] of the action takes the same; remove one");
            return null;
        }

        return new Step(method, action, contract);
    }

    private void Misfit(IMethodSymbol method, ActionDraft action, string objection) =>
        scope.Report.Report(Descriptors.UpcastDoesNotFit, Place.Of(method), method.Name, action.Name, objection);

    /// <summary>The rest of the way to what the action makes today; null if there is none.</summary>
    private static string? Finish(Step step, List<Step> steps, string value)
    {
        for (var length = 0; length <= steps.Count; length++)
        {
            value = $"{TypeRefs.Name(step.Method.ContainingType)}.{Identifier.Escape(step.Method.Name)}({value})";
            var made = step.Method.ReturnType;
            if (SymbolEqualityComparer.Default.Equals(made, step.Action.Output))
            {
                return value;
            }

            if (steps.FirstOrDefault(s => s.Action == step.Action && SymbolEqualityComparer.Default.Equals(s.Method.Parameters[0].Type, made)) is not { } next)
            {
                return null;
            }

            step = next;
        }

        return null;
    }

    private static string Recorded(Step step)
    {
        var type = step.Method.Parameters[0].Type;
        var read = $"{Serializer}.Deserialize(value, JsonContracts.Of<{TypeRefs.Name(type.IsValueType ? type : type.WithNullableAnnotation(NullableAnnotation.NotAnnotated))}>())";
        return type.IsValueType || TypeRefs.IsNullable(type) ? read : $"{read} ?? throw new global::System.Text.Json.JsonException(\"It is null.\")";
    }

    private sealed record Step(IMethodSymbol Method, ActionDraft Action, string Contract);
}
