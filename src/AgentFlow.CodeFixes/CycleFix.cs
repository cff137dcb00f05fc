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

/// <summary>AF0106: one of the values comes from the previous iteration.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
internal sealed class CycleFix() : MendProvider(DiagnosticIds.Cycle)
{
    public override IEnumerable<Mend> Mends(Diagnostic diagnostic, SemanticModel model, CancellationToken ct)
    {
        var sources = diagnostic.Properties.TryGetValue("Sources", out var written) ? written!.Split(';') : [];
        var count = Math.Min(sources.Length, diagnostic.AdditionalLocations.Count);

        // The edge that leads back is the likeliest; the choices are numbered from there, so that fix-all breaks each cycle alike.
        for (var i = count - 1; i >= 0; i--)
        {
            var source = sources[i];
            if (diagnostic.AdditionalLocations[i].Find<ParameterSyntax>(ct) is not { } parameter)
            {
                continue;
            }

            var from = parameter.AttributeLists.Find("From", model, ct);
            if (from?.ArgumentList?.Arguments.Count > 1)
            {
                // A merge has no previous value.
                continue;
            }

            yield return new Mend($"Take '{source}' from the previous iteration", $"Previous{count - 1 - i}", parameter.SyntaxTree, editor =>
            {
                var previous = Written.Attribute("Previous", parameter, model, Written.NameOf(source));
                if (from is not null)
                {
                    editor.ReplaceNode(from, previous);
                }

                editor.ReplaceNode(parameter, (current, _) =>
                {
                    var edge = (ParameterSyntax)current;
                    edge = edge.Default is null ? edge.AsNullable() : edge;
                    return from is null ? edge.With(previous) : edge;
                });
            });
        }
    }
}
