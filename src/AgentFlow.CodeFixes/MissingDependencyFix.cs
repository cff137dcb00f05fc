using System.Collections.Generic;
using System.Composition;
using System.Threading;
using AgentFlow.Generators.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentFlow.CodeFixes;

/// <summary>AF0102: an argument of the run, or a service.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
internal sealed class MissingDependencyFix() : MendProvider(DiagnosticIds.MissingDependency)
{
    public override IEnumerable<Mend> Mends(Diagnostic diagnostic, SemanticModel model, CancellationToken ct)
    {
        if (diagnostic.Location.Find<ParameterSyntax>(ct) is not { } parameter)
        {
            yield break;
        }

        foreach (var (attribute, meaning) in new[] { ("Input", "an argument of the run"), ("Service", "from the service provider") })
        {
            yield return new Mend($"Mark '{parameter.Identifier.ValueText}' with [{attribute}]: {meaning}", attribute, parameter.SyntaxTree, editor =>
                editor.ReplaceNode(parameter, (current, _) => ((ParameterSyntax)current).With(Written.Attribute(attribute, parameter, model))));
        }
    }
}
