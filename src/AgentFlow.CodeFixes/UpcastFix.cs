using System.Collections.Generic;
using System.Composition;
using System.Linq;
using System.Threading;
using AgentFlow.Generators.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using Microsoft.CodeAnalysis.Simplification;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace AgentFlow.CodeFixes;

/// <summary>AF0412: a method that takes what was recorded, and the records to take it with. Its body is for a person.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
internal sealed class UpcastFix() : MendProvider(DiagnosticIds.ShippedOutputChanged)
{
    public override IEnumerable<Mend> Mends(Diagnostic diagnostic, SemanticModel model, CancellationToken ct)
    {
        if (diagnostic.Location.Find<MethodDeclarationSyntax>(ct) is not { Parent: TypeDeclarationSyntax agent } method
            || !diagnostic.Properties.TryGetValue("recorded", out var recorded) || !diagnostic.Properties.TryGetValue("output", out var output))
        {
            yield break;
        }

        var action = method.Identifier.ValueText;
        var taken = (model.GetDeclaredSymbol(agent, ct) as INamedTypeSymbol)?.MemberNames.ToList() ?? [];
        var version = 1;
        while (taken.Contains($"{action}V{version}") || taken.Contains($"Read{action}V{version}"))
        {
            version++;
        }

        if (recorded is null || output is null || ContractTypes.Of(recorded, $"{action}V{version}") is not var (type, records))
        {
            yield break;
        }

        var members = records
            // What the old output means in today's terms only its author knows: the body is left to them, and says so if it is called before.
            .Prepend($"private static {output} Read{action}V{version}({type} old) => throw new global::System.NotImplementedException();")
            .Select(static text => ParseMemberDeclaration(text)!.WithLeadingTrivia(ElasticCarriageReturnLineFeed).WithAdditionalAnnotations(Formatter.Annotation, Simplifier.Annotation))
            .ToList();
        members[0] = members[0].AddAttributeLists(AttributeList(SingletonSeparatedList(Written.Attribute("Upcast", method, model, Written.NameOf(action))))).WithAdditionalAnnotations(Formatter.Annotation, Simplifier.Annotation);
        yield return new Mend($"Add an [Upcast] of what '{action}' made before", "Upcast", method.SyntaxTree, editor => editor.InsertAfter(method, members));
    }
}
