using System.Collections.Generic;
using System.Linq;
using AgentFlow.Generators.Diagnostics;
using AgentFlow.Generators.Model;
using Microsoft.CodeAnalysis;

namespace AgentFlow.Generators.Parsing;

/// <summary>Finds out how what an agent passes on is recorded, and reports what cannot be.</summary>
internal static class DurabilityParser
{
    /// <returns>What is recorded; null if the agent is not durable, or cannot be.</returns>
    public static DurableModel? Parse(AgentScope scope, InputTable inputs, AttributeData attribute)
    {
        if (!attribute.Named("Durable", true))
        {
            foreach (var (_, upcast) in UpcastParser.Find(scope.Agent))
            {
                scope.Report.Report(Descriptors.OptionWithoutEffect, Place.Of(upcast), "[Upcast]", "no session takes the agent, so nothing is recorded; remove it, or Durable = false");
            }

            return null;
        }

        var context = attribute.NamedArguments.Where(static a => a.Key == "JsonContext").Select(static a => a.Value.Value as INamedTypeSymbol).FirstOrDefault();
        if (context is not null && !IsContext(context))
        {
            scope.Report.Report(
                Descriptors.OptionOutOfRange,
                Place.Of(attribute, "JsonContext"),
                "JsonContext",
                $"'{context.ToMinimalName()}' does not derive from JsonSerializerContext; name a class of yours that does");
            return null;
        }

        var contracts = new JsonContracts(scope.Agent, scope.Compilation, context);
        var inputContracts = new List<string>();
        var outputContracts = new List<string>();
        foreach (var parameter in inputs.Parameters)
        {
            inputContracts.Add(Contract(parameter.Type, parameter.Name, Place.Of(parameter)));
        }

        foreach (var action in scope.Actions)
        {
            // Nobody takes what is forgotten.
            outputContracts.Add(action.Output is { } output && !action.IsFireAndForget ? Contract(output, action.Name, Place.Of(action.Method)) : "");
        }

        if (scope.Report.HasErrors)
        {
            return null;
        }

        var upcasts = new UpcastParser(scope, contracts).Parse(outputContracts);
        return scope.Report.HasErrors
            ? null
            : new DurableModel(contracts.Types.ToEquatableArray(), context is null ? null : TypeRefs.Name(context), inputContracts.ToEquatableArray(), outputContracts.ToEquatableArray(), upcasts.ToEquatableArray());

        static bool IsContext(INamedTypeSymbol type)
        {
            for (var level = type.BaseType; level is not null; level = level.BaseType)
            {
                if (KnownSymbols.Is(level, "JsonSerializerContext", "System", "Text", "Json", "Serialization"))
                {
                    return true;
                }
            }

            return false;
        }

        string Contract(ITypeSymbol type, string name, Place place)
        {
            if (contracts.Add(type, out var failure) is { } contract)
            {
                return contract;
            }

            scope.Report.Report(Descriptors.NotRecordable, place, name, failure!.Value.Path, failure.Value.Reason);
            return "";
        }
    }
}
