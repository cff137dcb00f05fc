using System.Collections.Generic;
using System.Composition;
using System.Threading;
using AgentFlow.Generators.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace AgentFlow.CodeFixes;

/// <summary>AF0301: the duration that was probably meant.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
internal sealed class DurationFix() : MendProvider(DiagnosticIds.MalformedDuration)
{
    public override IEnumerable<Mend> Mends(Diagnostic diagnostic, SemanticModel model, CancellationToken ct)
    {
        if (diagnostic.Properties.TryGetValue("Suggestion", out var duration) && duration is not null && diagnostic.Location.Find<ExpressionSyntax>(ct) is { } written)
        {
            yield return new Mend($"Write \"{duration}\"", DiagnosticIds.MalformedDuration, written.SyntaxTree, editor =>
                editor.ReplaceNode(written, LiteralExpression(SyntaxKind.StringLiteralExpression, Literal(duration)).WithTriviaFrom(written)));
        }
    }
}
