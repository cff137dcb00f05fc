using System.Collections.Generic;
using System.Collections.Immutable;
using AgentFlow.Generators.Diagnostics;
using AgentFlow.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentFlow.Generators.Analyzers;

/// <summary>AF06xx: reads each class with tools as the generator does, and says what is wrong with it.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ToolAnalyzer : DiagnosticAnalyzer
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
    [
        Descriptors.ToolParameterWithoutSchema,
        Descriptors.ToolNotDescribed,
        Descriptors.DuplicateTool,
        Descriptors.ToolWithoutApproval,
        Descriptors.ToolShape,
        Descriptors.ExternAlias,
        Descriptors.ToolClassNotPartial,
        Descriptors.ToolName,
        Descriptors.ToolConstraint,
        Descriptors.SensitiveTool,
        Descriptors.MemberClash,
        Descriptors.KeyedServicesUnknown,
    ];

    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            // Where no package brings the attribute, there is nothing to look for.
            if (!start.Compilation.GetTypesByMetadataName("AgentFlow.ToolAttribute").IsEmpty)
            {
                start.RegisterSymbolAction(Analyze, SymbolKind.NamedType);
            }
        });
    }

    private static void Analyze(SymbolAnalysisContext context) =>
        ToolParser.Parse((INamedTypeSymbol)context.Symbol, context.Compilation, new Sink(context), context.CancellationToken);

    /// <summary>Says everything once: a type may be met on several ways.</summary>
    private sealed class Sink(SymbolAnalysisContext context) : IDiagnosticSink
    {
        private readonly HashSet<(string Id, Location Location)> _said = [];

        public void Report(Diagnostic diagnostic)
        {
            if (_said.Add((diagnostic.Id, diagnostic.Location)))
            {
                context.ReportDiagnostic(diagnostic);
            }
        }
    }
}
