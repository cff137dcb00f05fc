using System.Collections.Generic;
using System.Composition;
using System.Linq;
using System.Threading;
using AgentFlow.Generators.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentFlow.CodeFixes;

/// <summary>AF0113: the order goes without the name, and without the attribute when no name is left.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
internal sealed class RedundantOrderFix() : MendProvider(DiagnosticIds.RedundantOrder)
{
    public override IEnumerable<Mend> Mends(Diagnostic diagnostic, SemanticModel model, CancellationToken ct)
    {
        if (diagnostic.Location.Find<AttributeSyntax>(ct) is not { } attribute
            || diagnostic.Location.Find<ExpressionSyntax>(ct) is not { } name)
        {
            yield break;
        }

        yield return new Mend("Remove the redundant name", DiagnosticIds.RedundantOrder, attribute.SyntaxTree, editor =>
        {
            // Every redundant name of the attribute goes in its turn; what is left when the last one went decides about the attribute.
            editor.TrackNode(name);
            editor.TrackNode(attribute);
            editor.ReplaceNode(attribute.FirstAncestorOrSelf<MemberDeclarationSyntax>()!, (current, _) =>
            {
                var written = current.GetCurrentNode(name)!;
                var element = written.Parent is AttributeArgumentSyntax or ExpressionElementSyntax ? written.Parent : written;
                current = current.RemoveNode(element, element.Parent is AttributeArgumentListSyntax ? SyntaxRemoveOptions.KeepNoTrivia : SyntaxRemoveOptions.KeepTrailingTrivia)!;
                var rest = current.GetCurrentNode(attribute)!;
                if (rest.DescendantNodes().OfType<ExpressionSyntax>().Any(IsName))
                {
                    return current;
                }

                return current.Without(rest);
            });
        });
    }

    private static bool IsName(ExpressionSyntax expression) =>
        expression.FirstAncestorOrSelf<AttributeArgumentSyntax>()?.NameEquals is null
        && expression is InvocationExpressionSyntax or LiteralExpressionSyntax { RawKind: (int)SyntaxKind.StringLiteralExpression };
}
