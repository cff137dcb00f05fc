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

/// <summary>AF0604: somebody is asked before each call, or it is said that nobody has to be.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
internal sealed class ApprovalFix() : MendProvider(DiagnosticIds.ToolWithoutApproval)
{
    public override IEnumerable<Mend> Mends(Diagnostic diagnostic, SemanticModel model, CancellationToken ct)
    {
        if (diagnostic.Location.Find<AttributeSyntax>(ct) is not { } tool)
        {
            yield break;
        }

        foreach (var (policy, title) in new[] { ("Required", "Ask before each call"), ("NotRequired", "Let models call it unasked") })
        {
            yield return new Mend(title, DiagnosticIds.ToolWithoutApproval + policy, tool.SyntaxTree, editor => editor.ReplaceNode(tool, (current, _) =>
                ((AttributeSyntax)current).AddArgumentListArguments(Argument(policy))));
        }
    }

    private static AttributeArgumentSyntax Argument(string policy) => AttributeArgument(
        NameEquals(IdentifierName("Approval").WithTrailingTrivia(Space)).WithEqualsToken(Token(SyntaxKind.EqualsToken).WithTrailingTrivia(Space)),
        nameColon: null,
        MemberAccessExpression(SyntaxKind.SimpleMemberAccessExpression, IdentifierName("ApprovalPolicy"), IdentifierName(policy)));
}
