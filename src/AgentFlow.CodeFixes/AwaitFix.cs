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

/// <summary>AF0222: the run is awaited, where the method may await.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
internal sealed class AwaitFix() : MendProvider(DiagnosticIds.RunNotAwaited)
{
    public override IEnumerable<Mend> Mends(Diagnostic diagnostic, SemanticModel model, CancellationToken ct)
    {
        if (diagnostic.Location.Find<ExpressionStatementSyntax>(ct) is not { } statement || !IsAsync(statement) || IsStream(statement.Expression, model, ct))
        {
            yield break;
        }

        yield return new Mend("Await the run", DiagnosticIds.RunNotAwaited, statement.SyntaxTree, editor =>
            editor.ReplaceNode(statement.Expression, (current, _) =>
                AwaitExpression(Token(SyntaxKind.AwaitKeyword).WithTrailingTrivia(Space), ((ExpressionSyntax)current).WithoutLeadingTrivia())
                    .WithLeadingTrivia(current.GetLeadingTrivia())));
    }

    private static bool IsStream(ExpressionSyntax call, SemanticModel model, CancellationToken ct) =>
        model.GetTypeInfo(call, ct).Type is { Name: "IAsyncEnumerable" or "ConfiguredCancelableAsyncEnumerable" };

    private static bool IsAsync(SyntaxNode statement)
    {
        foreach (var ancestor in statement.Ancestors())
        {
            switch (ancestor)
            {
                case AnonymousFunctionExpressionSyntax lambda:
                    return lambda.Modifiers.Any(SyntaxKind.AsyncKeyword);
                case LocalFunctionStatementSyntax function:
                    return function.Modifiers.Any(SyntaxKind.AsyncKeyword);
                case BaseMethodDeclarationSyntax method:
                    return method.Modifiers.Any(SyntaxKind.AsyncKeyword);
                case GlobalStatementSyntax:
                    return true;
                case AccessorDeclarationSyntax or LockStatementSyntax:
                    return false;
            }
        }

        return false;
    }
}
