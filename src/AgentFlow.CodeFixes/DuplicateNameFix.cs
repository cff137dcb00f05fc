using System.Collections.Generic;
using System.Composition;
using System.Threading;
using AgentFlow.Generators.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentFlow.CodeFixes;

/// <summary>AF0108, AF0603: without the name that another has, the method's own serves. Two methods of one name are for a person to rename.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
internal sealed class DuplicateNameFix() : MendProvider(DiagnosticIds.DuplicateAction, DiagnosticIds.DuplicateTool)
{
    public override IEnumerable<Mend> Mends(Diagnostic diagnostic, SemanticModel model, CancellationToken ct)
    {
        if (diagnostic.Location.Find<AttributeArgumentSyntax>(ct) is { NameEquals.Name.Identifier.ValueText: "Name", Parent: AttributeArgumentListSyntax list } name)
        {
            yield return new Mend("Use the method's name", diagnostic.Id, name.SyntaxTree, editor =>
                editor.RemoveNode(list.Arguments.Count == 1 ? list : name, SyntaxRemoveOptions.KeepNoTrivia));
        }
    }
}
