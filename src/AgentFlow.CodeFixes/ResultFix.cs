using System;
using System.Collections.Generic;
using System.Composition;
using System.Linq;
using System.Threading;
using AgentFlow.Generators.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentFlow.CodeFixes;

/// <summary>AF0109: each action that could make the result; where several are marked, the second mark goes.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
internal sealed class ResultFix() : MendProvider(DiagnosticIds.NoSingleResult)
{
    public override IEnumerable<Mend> Mends(Diagnostic diagnostic, SemanticModel model, CancellationToken ct)
    {
        if (diagnostic.Location.Find<AttributeSyntax>(ct) is { } mark && mark.Is("Result", model, ct))
        {
            yield return new Mend("Remove [Result]", "Remove", mark.SyntaxTree, editor =>
            {
                editor.TrackNode(mark);
                editor.ReplaceNode(mark.FirstAncestorOrSelf<MemberDeclarationSyntax>()!, (current, _) => current.Without(current.GetCurrentNode(mark)!));
            });
            yield break;
        }

        foreach (var location in diagnostic.AdditionalLocations)
        {
            if (location.Find<MethodDeclarationSyntax>(ct) is { } method && method.AttributeLists.Find("Action", model, ct)?.Parent is AttributeListSyntax list)
            {
                var name = method.Identifier.ValueText;
                yield return new Mend($"Return the value of '{name}'", name, method.SyntaxTree, editor =>
                    editor.ReplaceNode(list, (current, _) => ((AttributeListSyntax)current).AddAttributes(Written.Attribute("Result", method, model))));
            }
        }
    }
}
