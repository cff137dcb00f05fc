using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using AgentFlow.Generators.Diagnostics;
using AgentFlow.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentFlow.Generators.Analyzers;

/// <summary>AF0402: predicates decide the path of a run, and a session that is resumed decides again, so they may look at nothing but their arguments.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class PurityAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc />
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Descriptors.ImpurePredicate];

    /// <inheritdoc />
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            var reads = new ImpureReads(start.Compilation);

            // Agents may share a predicate of their base class.
            var said = new ConcurrentDictionary<IMethodSymbol, bool>(SymbolEqualityComparer.Default);
            start.RegisterSymbolAction(
                symbol =>
                {
                    if (symbol.Symbol is INamedTypeSymbol agent && IsDurable(agent))
                    {
                        Analyze(symbol, agent, reads, said);
                    }
                },
                SymbolKind.NamedType);
        });
    }

    private static bool IsDurable(INamedTypeSymbol type) =>
        AttributeSet.Of(type)[KnownSymbols.Agent] is { } attribute && attribute.Named("Durable", true);

    private static void Analyze(SymbolAnalysisContext context, INamedTypeSymbol agent, ImpureReads reads, ConcurrentDictionary<IMethodSymbol, bool> said)
    {
        foreach (var predicate in Predicates(agent))
        {
            if (!said.TryAdd(predicate, true))
            {
                continue;
            }

            foreach (var read in reads.In(predicate, context.CancellationToken))
            {
                var path = string.Join(" → ", read.Path.Insert(0, predicate.Name));
                context.ReportDiagnostic(Diagnostic.Create(Descriptors.ImpurePredicate, read.Here, [read.There], predicate.Name, path));
            }
        }
    }

    private static IEnumerable<IMethodSymbol> Predicates(INamedTypeSymbol agent)
    {
        var names = new HashSet<string>();
        var methods = ActionCollector.Lineage(agent).Reverse().SelectMany(static type => type.GetMembers().OfType<IMethodSymbol>()).Where(static m => m.MethodKind == MethodKind.Ordinary).ToList();
        foreach (var attributes in methods.Select(AttributeSet.Of).Where(static set => set.Step is not null))
        {
            foreach (var attribute in attributes.Attributes)
            {
                var name = attribute.AttributeClass!.Name switch
                {
                    KnownSymbols.When or KnownSymbols.Requires or KnownSymbols.Ensures => attribute.Text(),
                    KnownSymbols.ForEach => attribute.Named<string?>("Until", null),
                    _ => null,
                };
                if (name is not null)
                {
                    names.Add(name);
                }
            }
        }

        return methods.Where(method => names.Contains(method.Name) || AttributeSet.Of(method).Has(KnownSymbols.Until));
    }
}
