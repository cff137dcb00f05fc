using System;
using System.Collections.Immutable;
using System.Composition;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using AgentFlow.Generators.Analyzers;
using AgentFlow.Generators.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace AgentFlow.CodeFixes;

/// <summary>
/// AF0415: gives an agent that was renamed its old id back, or forgets one whose sessions have all ended. The diagnostic stands in
/// <c>AgentFlow.Shipped.txt</c>, so the fix is offered there.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, DocumentKinds = [nameof(TextDocumentKind.AdditionalDocument)], DocumentExtensions = [".txt"]), Shared]
internal sealed class GoneAgentFix : CodeFixProvider
{
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [DiagnosticIds.ShippedAgentRemoved];

    /// <summary>One at a time: whether sessions of an agent are left is a question of its own for each.</summary>
    public override FixAllProvider? GetFixAllProvider() => null;

    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var file = context.TextDocument;
        foreach (var diagnostic in context.Diagnostics)
        {
            if (!diagnostic.Properties.TryGetValue(ShapeGateAnalyzer.GoneAgent, out var agent) || agent is null)
            {
                continue;
            }

            if (diagnostic.Properties.TryGetValue(ShapeGateAnalyzer.Successor, out var name) && name is not null
                && await file.Project.GetCompilationAsync(context.CancellationToken).ConfigureAwait(false) is { } compilation
                && compilation.GetTypeByMetadataName(name) is { } successor && AttributeOf(successor, context.CancellationToken) is { } attribute)
            {
                context.RegisterCodeFix(CodeAction.Create($"Keep the id '{agent}' for {successor.Name}", ct => KeepAsync(file.Project, attribute, agent, ct), "Keep"), diagnostic);
            }

            context.RegisterCodeFix(CodeAction.Create($"Remove '{agent}' from {ShippedShapes.FileName}: none of its sessions is left", ct => RemoveAsync(file, diagnostic.Location.SourceSpan, ct), "Remove"), diagnostic);
        }
    }

    private static AttributeSyntax? AttributeOf(INamedTypeSymbol type, CancellationToken ct) => type.GetAttributes()
        .FirstOrDefault(static a => a.AttributeClass is { Name: "AgentAttribute", ContainingNamespace: { Name: "AgentFlow", ContainingNamespace.IsGlobalNamespace: true } })?
        .ApplicationSyntaxReference?.GetSyntax(ct) as AttributeSyntax;

    private static async Task<Solution> KeepAsync(Project project, AttributeSyntax attribute, string agent, CancellationToken ct)
    {
        var named = AttributeArgument(NameEquals("Name"), null, LiteralExpression(SyntaxKind.StringLiteralExpression, Literal(agent)));
        var others = attribute.ArgumentList?.Arguments.Where(static argument => argument.NameEquals?.Name.Identifier.ValueText != "Name") ?? [];
        var arguments = AttributeArgumentList(SeparatedList([named.NormalizeWhitespace(), .. others]));
        var document = project.GetDocument(attribute.SyntaxTree)!;
        var root = await document.GetSyntaxRootAsync(ct).ConfigureAwait(false);
        return document.WithSyntaxRoot(root!.ReplaceNode(attribute, attribute.WithArgumentList(arguments))).Project.Solution;
    }

    /// <summary>Takes away the line that names the agent and those of its members. What stands after <c>#</c> is kept.</summary>
    private static async Task<Solution> RemoveAsync(TextDocument file, TextSpan head, CancellationToken ct)
    {
        var text = await file.GetTextAsync(ct).ConfigureAwait(false);
        var kept = new StringBuilder();
        var isWithin = false;
        foreach (var line in text.Lines)
        {
            var written = text.ToString(line.SpanIncludingLineBreak);
            if (written.TrimStart().StartsWith("agent ", StringComparison.Ordinal))
            {
                isWithin = line.Span.IntersectsWith(head);
            }

            if (!isWithin || written.TrimStart().StartsWith("#", StringComparison.Ordinal) || written.Trim().Length == 0)
            {
                kept.Append(written);
            }
        }

        return file.Project.Solution.WithAdditionalDocumentText(file.Id, SourceText.From(kept.ToString(), text.Encoding));
    }
}
