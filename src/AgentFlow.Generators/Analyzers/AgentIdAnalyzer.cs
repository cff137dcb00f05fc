using System;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Linq;
using AgentFlow.Generators.Diagnostics;
using AgentFlow.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentFlow.Generators.Analyzers;

/// <summary>AF0220: a session finds its agent by id, so no two agents that sessions take may have the same without anybody having said so.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AgentIdAnalyzer : DiagnosticAnalyzer
{
    /// <summary>The property that holds a name of which there is but one.</summary>
    internal const string Suggestion = "Suggestion";

    /// <inheritdoc />
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Descriptors.DuplicateAgent];

    /// <inheritdoc />
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            var agents = new ConcurrentBag<(string Id, INamedTypeSymbol Type, AttributeData Attribute)>();
            start.RegisterSymbolAction(
                symbol =>
                {
                    var type = (INamedTypeSymbol)symbol.Symbol;
                    if (type is { TypeKind: TypeKind.Class, IsAbstract: false } && AttributeSet.Of(type)[KnownSymbols.Agent] is { } attribute && attribute.Named("Durable", true))
                    {
                        agents.Add((attribute.Named<string?>("Name", null) ?? type.Name, type, attribute));
                    }
                },
                SymbolKind.NamedType);
            start.RegisterCompilationEndAction(end =>
            {
                foreach (var alike in agents.GroupBy(static agent => agent.Id, StringComparer.Ordinal))
                {
                    // An id that was written down was chosen; two of them may be two versions of one agent, which no runtime takes at once.
                    var ordered = alike.OrderByDescending(static agent => agent.Attribute.IsWritten("Name")).ThenBy(static agent => agent.Type.ToDisplayString(), StringComparer.Ordinal).ToList();
                    foreach (var (id, type, _) in ordered.Skip(1).Where(static agent => !agent.Attribute.IsWritten("Name")))
                    {
                        var first = ordered[0].Type;
                        end.ReportDiagnostic(Diagnostic.Create(
                            Descriptors.DuplicateAgent,
                            Place.Of(type).Locate(end.CancellationToken) ?? type.Locations[0],
                            first.Locations.Where(static location => location.IsInSource).Take(1),
                            ImmutableDictionary<string, string?>.Empty.Add(Suggestion, type.ToDisplayString()),
                            type.ToDisplayString(),
                            first.ToDisplayString(),
                            id));
                    }
                }
            });
        });
    }
}
