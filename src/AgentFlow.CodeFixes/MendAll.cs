using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace AgentFlow.CodeFixes;

/// <summary>Makes the chosen mend of every diagnostic in one pass: unlike Roslyn's own batch, two mends of one attribute do not exclude each other.</summary>
internal sealed class MendAll : FixAllProvider
{
    public static MendAll Instance { get; } = new();

    public override Task<CodeAction?> GetFixAsync(FixAllContext fixAllContext) => Task.FromResult<CodeAction?>(
        CodeAction.Create("Fix all", ct => FixAsync(fixAllContext, ct), fixAllContext.CodeActionEquivalenceKey));

    private static async Task<Solution> FixAsync(FixAllContext context, CancellationToken ct)
    {
        var mends = new List<Mend>();
        foreach (var document in Documents(context))
        {
            if (await document.GetSemanticModelAsync(ct).ConfigureAwait(false) is not { } model)
            {
                continue;
            }

            var found = await context.GetDocumentDiagnosticsAsync(document).ConfigureAwait(false);
            mends.AddRange(
                from diagnostic in found.OrderBy(static diagnostic => diagnostic.Location.SourceSpan.Start)
                from mend in ((MendProvider)context.CodeFixProvider).Mends(diagnostic, model, ct)
                where mend.Key == context.CodeActionEquivalenceKey
                select mend);
        }

        return await MendProvider.MakeAsync(context.Solution, mends, ct).ConfigureAwait(false);
    }

    private static IEnumerable<Document> Documents(FixAllContext context) => context.Scope switch
    {
        FixAllScope.Document when context.Document is { } document => [document],
        FixAllScope.Project => context.Project.Documents,
        FixAllScope.Solution => context.Solution.Projects.Where(project => project.Language == context.Project.Language).SelectMany(static project => project.Documents),
        _ => [],
    };
}
