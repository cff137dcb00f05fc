using System.Collections.Generic;
using System.Composition;
using System.Threading;
using AgentFlow.Generators.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentFlow.CodeFixes;

/// <summary>AF0112: the consumer does without the value that may not be there.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
internal sealed class SkippedDependencyFix() : MendProvider(DiagnosticIds.ResultMayBeSkipped)
{
    public override IEnumerable<Mend> Mends(Diagnostic diagnostic, SemanticModel model, CancellationToken ct)
    {
        if (diagnostic.Location.Find<ParameterSyntax>(ct) is { } parameter)
        {
            yield return new Mend($"Make '{parameter.Identifier.ValueText}' nullable", DiagnosticIds.ResultMayBeSkipped, parameter.SyntaxTree, editor =>
                editor.ReplaceNode(parameter, static (current, _) => ((ParameterSyntax)current).AsNullable()));
        }
    }
}
