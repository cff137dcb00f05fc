using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using AgentFlow.Generators.Diagnostics;
using AgentFlow.Generators.Model;
using AgentFlow.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentFlow.Generators.Analyzers;

/// <summary>AF0410 to AF0416: compares durable agents with the shapes that <c>AgentFlow.Shipped.txt</c> lists, so that a session that would not resume is an error today.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ShapeGateAnalyzer : DiagnosticAnalyzer
{
    /// <summary>The property of AF0415 that names the agent that is gone.</summary>
    internal const string GoneAgent = "agent";

    /// <summary>The property of AF0415 that names the class that seems to be the same agent by another name.</summary>
    internal const string Successor = "successor";

    /// <inheritdoc />
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
    [
        Descriptors.ShippedActionRemoved,
        Descriptors.ShippedInputRemoved,
        Descriptors.ShippedOutputChanged,
        Descriptors.ShippedInputChanged,
        Descriptors.InputNotShipped,
        Descriptors.ShippedAgentRemoved,
        Descriptors.AgentNotShipped,
    ];

    /// <inheritdoc />
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            var file = start.Options.AdditionalFiles.FirstOrDefault(static file => Path.GetFileName(file.Path) == ShippedShapes.FileName);
            if (file?.GetText(start.CancellationToken) is not { } text)
            {
                return;
            }

            var shipped = ShippedShapes.Read(file.Path, text);
            var seen = new ConcurrentDictionary<string, bool>(StringComparer.Ordinal);
            var unshipped = new ConcurrentDictionary<string, string>(StringComparer.Ordinal);
            start.RegisterSymbolAction(
                symbol =>
                {
                    var type = (INamedTypeSymbol)symbol.Symbol;
                    if (AttributeSet.Of(type)[KnownSymbols.Agent] is { } attribute)
                    {
                        Analyze(symbol, type, attribute, shipped, seen, unshipped);
                    }
                },
                SymbolKind.NamedType);
            start.RegisterCompilationEndAction(end =>
            {
                foreach (var agent in shipped.Agents.Where(agent => !seen.ContainsKey(agent.Key)))
                {
                    var properties = ImmutableDictionary<string, string?>.Empty.Add(GoneAgent, agent.Key);
                    var successors = unshipped.Where(other => agent.Value.HasMembersOf(other.Value)).Select(static other => other.Key).Take(2).ToList();
                    end.ReportDiagnostic(Diagnostic.Create(
                        Descriptors.ShippedAgentRemoved,
                        agent.Value.Location,
                        successors.Count == 1 ? properties.Add(Successor, successors[0]) : properties,
                        agent.Key));
                }
            });
        });
    }

    private static void Analyze(SymbolAnalysisContext context, INamedTypeSymbol type, AttributeData attribute, ShippedShapes shipped, ConcurrentDictionary<string, bool> seen, ConcurrentDictionary<string, string> unshipped)
    {
        var model = AgentParser.Parse(type, context.Compilation, sink: null, context.CancellationToken);
        if (model is null or { HasErrors: true })
        {
            // It has other troubles, and is not gone.
            seen.TryAdd(model?.Id ?? attribute.Named<string?>("Name", null) ?? type.Name, true);
            return;
        }

        if (model.Durable is not { } durable)
        {
            return;
        }

        seen.TryAdd(model.Id, true);
        var properties = ImmutableDictionary<string, string?>.Empty.Add("shape", ShapeText.Of(model));
        if (!shipped.Agents.TryGetValue(model.Id, out var shape))
        {
            unshipped[MetadataName(type)] = properties["shape"]!;
            Report(Descriptors.AgentNotShipped, type, model.Id);
            return;
        }

        foreach (var action in shape.Actions.Keys.Except(model.Actions.Select(static a => ShapeText.Escape(a.Id))))
        {
            Report(Descriptors.ShippedActionRemoved, type, action, model.Id);
        }

        foreach (var input in shape.Inputs.Keys.Except(model.Inputs.Select(static i => ShapeText.Escape(i.Name))))
        {
            Report(Descriptors.ShippedInputRemoved, type, input, model.Id);
        }

        foreach (var action in model.Actions)
        {
            if (shape.Actions.TryGetValue(ShapeText.Escape(action.Id), out var before) && before != durable.Outputs[action.Index]
                && !durable.Upcasts.Any(upcast => upcast.Action == action.Index && upcast.Contract == before))
            {
                properties = properties.SetItem("recorded", before).SetItem("output", action.Output?.Name);
                Report(Descriptors.ShippedOutputChanged, MethodOf(type, action) ?? (ISymbol)type, action.Id, Shown(before), Shown(durable.Outputs[action.Index]));
            }
        }

        for (var i = 0; i < model.Inputs.Count; i++)
        {
            var name = model.Inputs[i].Name;
            if (!shape.Inputs.TryGetValue(ShapeText.Escape(name), out var before))
            {
                Report(Descriptors.InputNotShipped, ParameterOf(type, name) ?? (ISymbol)type, name, model.Id);
            }
            else if (before != durable.Inputs[i])
            {
                Report(Descriptors.ShippedInputChanged, ParameterOf(type, name) ?? (ISymbol)type, name, Shown(before), Shown(durable.Inputs[i]));
            }
        }

        void Report(DiagnosticDescriptor descriptor, ISymbol at, params object[] arguments) =>
            context.ReportDiagnostic(Diagnostic.Create(descriptor, Place.Of(at).Locate(context.CancellationToken) ?? type.Locations[0], properties, arguments));
    }

    private static string MetadataName(INamedTypeSymbol type) => type switch
    {
        { ContainingType: { } outer } => MetadataName(outer) + "+" + type.MetadataName,
        { ContainingNamespace: { IsGlobalNamespace: false } space } => space.ToDisplayString() + "." + type.MetadataName,
        _ => type.MetadataName,
    };

    private static string Shown(string contract) => contract.Length == 0 ? "nothing" : contract;

    private static IMethodSymbol? MethodOf(INamedTypeSymbol type, ActionModel action) =>
        Methods(type).FirstOrDefault(method => method.Name == action.Method.Name && ActionBodies.IsAction(method));

    private static IParameterSymbol? ParameterOf(INamedTypeSymbol type, string input) => Methods(type)
        .SelectMany(static method => method.Parameters)
        .FirstOrDefault(parameter => AttributeSet.Of(parameter)[KnownSymbols.Input] is { } attribute && (attribute.Named<string?>("Name", null) ?? parameter.Name) == input);

    private static IEnumerable<IMethodSymbol> Methods(INamedTypeSymbol type) =>
        ActionCollector.Lineage(type).Reverse().SelectMany(static level => level.GetMembers().OfType<IMethodSymbol>()).Where(static m => m.MethodKind == MethodKind.Ordinary);
}
