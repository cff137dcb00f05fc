using System.Collections.Immutable;
using System.Linq;
using AgentFlow.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentFlow.Generators.Analyzers;

/// <summary>A private signal is never called: the outside world completes it. That it looks unused is no finding.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class SignalSuppressor : DiagnosticSuppressor
{
    private static readonly SuppressionDescriptor Unused = new("AFS0001", "IDE0051", "A signal is completed from outside, and never called");

    /// <inheritdoc />
    public override ImmutableArray<SuppressionDescriptor> SupportedSuppressions { get; } = [Unused];

    /// <inheritdoc />
    public override void ReportSuppressions(SuppressionAnalysisContext context)
    {
        foreach (var diagnostic in context.ReportedDiagnostics)
        {
            if (diagnostic.Location.SourceTree is { } tree
                && tree.GetRoot(context.CancellationToken).FindNode(diagnostic.Location.SourceSpan) is { } node
                && context.GetSemanticModel(tree).GetDeclaredSymbol(node.AncestorsAndSelf().FirstOrDefault(static level => level is Microsoft.CodeAnalysis.CSharp.Syntax.MethodDeclarationSyntax) ?? node, context.CancellationToken) is IMethodSymbol method
                && AttributeSet.Of(method)[KnownSymbols.Signal] is not null)
            {
                context.ReportSuppression(Suppression.Create(Unused, diagnostic));
            }
        }
    }
}
