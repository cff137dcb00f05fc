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

/// <summary>AF0501: a bound to start from.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
internal sealed class LoopBoundFix() : MendProvider(DiagnosticIds.LoopWithoutBound)
{
    public override IEnumerable<Mend> Mends(Diagnostic diagnostic, SemanticModel model, CancellationToken ct)
    {
        if (diagnostic.Location.Find<AttributeSyntax>(ct) is { } agent)
        {
            var bound = AttributeArgument(NameEquals("MaxIterations"), nameColon: null, LiteralExpression(SyntaxKind.NumericLiteralExpression, Literal(10)));
            yield return new Mend("Set MaxIterations = 10", DiagnosticIds.LoopWithoutBound, agent.SyntaxTree, editor =>
                editor.ReplaceNode(agent, (current, _) => ((AttributeSyntax)current).AddArgumentListArguments(bound)));
        }
    }
}
