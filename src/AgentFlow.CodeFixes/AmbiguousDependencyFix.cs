using System;
using System.Collections.Generic;
using System.Composition;
using System.Threading;
using AgentFlow.Generators.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentFlow.CodeFixes;

/// <summary>AF0103: each action that could supply the parameter.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
internal sealed class AmbiguousDependencyFix() : MendProvider(DiagnosticIds.AmbiguousDependency)
{
    public override IEnumerable<Mend> Mends(Diagnostic diagnostic, SemanticModel model, CancellationToken ct)
    {
        if (!diagnostic.Properties.TryGetValue("Candidates", out var candidates) || diagnostic.Location.Find<ParameterSyntax>(ct) is not { } parameter)
        {
            yield break;
        }

        foreach (var candidate in candidates!.Split([';'], StringSplitOptions.RemoveEmptyEntries))
        {
            yield return new Mend($"Take it from '{candidate}'", candidate, parameter.SyntaxTree, editor =>
                editor.ReplaceNode(parameter, (current, _) => ((ParameterSyntax)current).With(Written.Attribute("From", parameter, model, Written.NameOf(candidate)))));
        }
    }
}
