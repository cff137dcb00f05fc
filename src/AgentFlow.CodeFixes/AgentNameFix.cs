using System.Collections.Generic;
using System.Composition;
using System.Threading;
using AgentFlow.Generators.Analyzers;
using AgentFlow.Generators.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace AgentFlow.CodeFixes;

/// <summary>AF0220: the full name of a class is one that no other has. Which of the agents is to keep the id that sessions have recorded, a person has to say.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
internal sealed class AgentNameFix() : MendProvider(DiagnosticIds.DuplicateAgent)
{
    public override IEnumerable<Mend> Mends(Diagnostic diagnostic, SemanticModel model, CancellationToken ct)
    {
        if (!diagnostic.Properties.TryGetValue(AgentIdAnalyzer.Suggestion, out var id) || id is null)
        {
            yield break;
        }

        var value = LiteralExpression(SyntaxKind.StringLiteralExpression, Literal(id));
        if (diagnostic.Location.Find<TypeDeclarationSyntax>(ct) is { } type && type.AttributeLists.Find("Agent", model, ct) is { } agent)
        {
            var name = AttributeArgument(NameEquals("Name"), nameColon: null, value);
            yield return new Mend($"Set Name = \"{id}\"", DiagnosticIds.DuplicateAgent, agent.SyntaxTree, editor =>
                editor.ReplaceNode(agent, (current, _) => ((AttributeSyntax)current).AddArgumentListArguments(name)));
        }
    }
}
