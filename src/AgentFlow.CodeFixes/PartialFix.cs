using System.Collections.Generic;
using System.Composition;
using System.Linq;
using System.Threading;
using AgentFlow.Generators.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace AgentFlow.CodeFixes;

/// <summary>AF0201, AF0202, AF0606: the modifier that lets the generator continue the class.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
internal sealed class PartialFix() : MendProvider(DiagnosticIds.AgentNotPartial, DiagnosticIds.HostNotPartial, DiagnosticIds.ToolClassNotPartial)
{
    public override IEnumerable<Mend> Mends(Diagnostic diagnostic, SemanticModel model, CancellationToken ct)
    {
        if (diagnostic.Location.Find<TypeDeclarationSyntax>(ct) is { } type)
        {
            yield return new Mend($"Make '{type.Identifier.ValueText}' partial", "Partial", type.SyntaxTree, editor =>
                editor.ReplaceNode(type, static (current, _) => AsPartial((TypeDeclarationSyntax)current)));
        }
    }

    /// <summary>Two agents in one class ask for the same modifier.</summary>
    private static TypeDeclarationSyntax AsPartial(TypeDeclarationSyntax type)
    {
        if (type.Modifiers.Any(SyntaxKind.PartialKeyword))
        {
            return type;
        }

        var modifier = Token(SyntaxKind.PartialKeyword).WithTrailingTrivia(Space);
        if (type.Modifiers.Count > 0)
        {
            return type.WithModifiers(type.Modifiers.Add(modifier));
        }

        return type.WithKeyword(type.Keyword.WithLeadingTrivia()).WithModifiers(TokenList(modifier.WithLeadingTrivia(type.Keyword.LeadingTrivia)));
    }
}
