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

/// <summary>AF0607: the name without what models do not take.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
internal sealed class ToolNameFix() : MendProvider(DiagnosticIds.ToolName)
{
    public override IEnumerable<Mend> Mends(Diagnostic diagnostic, SemanticModel model, CancellationToken ct)
    {
        // A method whose own name will not do is for a person to name.
        if (diagnostic.Properties.TryGetValue("Suggestion", out var name) && name is not null && diagnostic.Location.Find<AttributeArgumentSyntax>(ct)?.Expression is { } written)
        {
            yield return new Mend($"Write \"{name}\"", DiagnosticIds.ToolName, written.SyntaxTree, editor =>
                editor.ReplaceNode(written, LiteralExpression(SyntaxKind.StringLiteralExpression, Literal(name)).WithTriviaFrom(written)));
        }
    }
}
