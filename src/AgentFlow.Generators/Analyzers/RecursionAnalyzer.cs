using System.Collections.Immutable;
using System.Linq;
using AgentFlow.Generators.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentFlow.Generators.Analyzers;

/// <summary>AF0505: an agent whose every run starts another run of itself never ends.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class RecursionAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc />
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Descriptors.UnboundedRecursion];

    /// <inheritdoc />
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            var runs = new AgentRuns(start.Compilation);
            start.RegisterOperationBlockAction(block =>
            {
                if (block.OwningSymbol is IMethodSymbol { MethodKind: MethodKind.Ordinary } action && ActionBodies.IsAction(action))
                {
                    Analyze(block, action, runs);
                }
            });
        });
    }

    private static void Analyze(OperationBlockAnalysisContext context, IMethodSymbol action, AgentRuns runs)
    {
        foreach (var (started, call) in runs.Unconditional(context.OperationBlocks, context.CancellationToken))
        {
            // Every agent on the cycle reports its own call into it.
            if (runs.Reaches(started, action.ContainingType, context.CancellationToken) && runs.AlwaysRuns(action, context.CancellationToken))
            {
                context.ReportDiagnostic(Diagnostic.Create(Descriptors.UnboundedRecursion, ActionBodies.NameOf(call.Syntax), action.Name, action.ContainingType.Name));
            }
        }
    }
}
