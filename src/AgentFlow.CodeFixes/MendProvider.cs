using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Editing;

namespace AgentFlow.CodeFixes;

/// <summary>A code fix whose mends are edits of syntax, so that any number of them can be made at once.</summary>
internal abstract class MendProvider(params string[] ids) : CodeFixProvider
{
    public sealed override ImmutableArray<string> FixableDiagnosticIds { get; } = [.. ids];

    public sealed override FixAllProvider GetFixAllProvider() => MendAll.Instance;

    public sealed override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        if (await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false) is not { } model)
        {
            return;
        }

        foreach (var diagnostic in context.Diagnostics)
        {
            foreach (var mend in Mends(diagnostic, model, context.CancellationToken))
            {
                context.RegisterCodeFix(
                    CodeAction.Create(mend.Title, ct => MakeAsync(context.Document.Project.Solution, [mend], ct), mend.Key),
                    diagnostic);
            }
        }
    }

    /// <summary>Every way to mend the diagnostic, the likeliest first.</summary>
    /// <param name="diagnostic">What is wrong.</param>
    /// <param name="model">What the file of the diagnostic means.</param>
    /// <param name="ct">Ends the search.</param>
    public abstract IEnumerable<Mend> Mends(Diagnostic diagnostic, SemanticModel model, CancellationToken ct);

    public static async Task<Solution> MakeAsync(Solution solution, IEnumerable<Mend> mends, CancellationToken ct)
    {
        var editor = new SolutionEditor(solution);
        foreach (var file in mends.GroupBy(static mend => mend.Tree))
        {
            if (solution.GetDocument(file.Key) is { } document)
            {
                var edits = await editor.GetDocumentEditorAsync(document.Id, ct).ConfigureAwait(false);
                foreach (var mend in file)
                {
                    mend.Edit(edits);
                }
            }
        }

        return editor.GetChangedSolution();
    }
}
