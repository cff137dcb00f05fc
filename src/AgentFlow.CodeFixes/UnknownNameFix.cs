using System.Collections.Generic;
using System.Composition;
using System.Threading;
using AgentFlow.Generators.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentFlow.CodeFixes;

/// <summary>AF0101: the name that was probably meant.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
internal sealed class UnknownNameFix() : MendProvider(DiagnosticIds.UnknownName)
{
    public override IEnumerable<Mend> Mends(Diagnostic diagnostic, SemanticModel model, CancellationToken ct)
    {
        if (diagnostic.Properties.TryGetValue("Suggestion", out var name) && name is not null && diagnostic.Location.Find<ExpressionSyntax>(ct) is { } written)
        {
            yield return new Mend($"Name '{name}'", DiagnosticIds.UnknownName, written.SyntaxTree, editor => editor.ReplaceNode(written, Written.NameOf(name).WithTriviaFrom(written)));
        }
    }
}
