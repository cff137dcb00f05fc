using System.Collections.Immutable;
using System.Linq;
using AgentFlow.Generators.Diagnostics;
using AgentFlow.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace AgentFlow.Generators.Analyzers;

/// <summary>AF0313: a transactional action that runs a child or a plan would wait for a store that waits for it.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class TransactionAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc />
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Descriptors.StoreWaitsForItself];

    /// <inheritdoc />
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        ActionBodies.Register(context, static (context, action) =>
        {
            if (AttributeSet.Of(action).Step?.EnumName("Effect", "") != "Transactional")
            {
                return;
            }

            foreach (var call in context.Operations().OfType<IInvocationOperation>())
            {
                if (call.TargetMethod is { Name: "RunChildAsync" or "RunPlanAsync" } method && KnownSymbols.IsActionContext(method.ContainingType))
                {
                    context.ReportDiagnostic(Diagnostic.Create(Descriptors.StoreWaitsForItself, ActionBodies.NameOf(call.Syntax), action.Name, method.Name));
                }
            }
        });
    }
}
