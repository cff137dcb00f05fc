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
using Microsoft.CodeAnalysis.Text;

namespace AgentFlow.CodeFixes;

/// <summary>AF0410 to AF0416: records today's shape of the agent. It edits a file that is no source, so it is no mend of syntax.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
internal sealed class RecordShapeFix : CodeFixProvider
{
    public override ImmutableArray<string> FixableDiagnosticIds { get; } =
    [
        DiagnosticIds.ShippedActionRemoved,
        DiagnosticIds.ShippedInputRemoved,
        DiagnosticIds.ShippedOutputChanged,
        DiagnosticIds.ShippedInputChanged,
        DiagnosticIds.InputNotShipped,
        DiagnosticIds.AgentNotShipped,
    ];

    /// <summary>One at a time: what is recorded is a decision about the sessions of one agent.</summary>
    public override FixAllProvider? GetFixAllProvider() => null;

    public override Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var file = context.Document.Project.AdditionalDocuments.FirstOrDefault(static document => document.Name == ShippedShapes.FileName);
        foreach (var diagnostic in context.Diagnostics)
        {
            if (file is not null && diagnostic.Properties.TryGetValue("shape", out var shape) && shape is not null)
            {
                context.RegisterCodeFix(CodeAction.Create("Record the shape in " + ShippedShapes.FileName, ct => RecordAsync(file, shape, ct), "Record"), diagnostic);
            }
        }

        return Task.CompletedTask;
    }

    private static async Task<Solution> RecordAsync(TextDocument file, string shape, CancellationToken ct)
    {
        var text = await file.GetTextAsync(ct).ConfigureAwait(false);
        return file.Project.Solution.WithAdditionalDocumentText(file.Id, SourceText.From(Record(text.ToString(), shape), text.Encoding));
    }

    /// <summary>Puts the shape where the agent's was, or at the end. What stands after <c>#</c> is kept.</summary>
    private static string Record(string file, string shape)
    {
        var head = shape.Substring(0, shape.IndexOf('\n'));
        var text = new StringBuilder();
        var isWritten = false;
        var isWithin = false;
        foreach (var line in file.TrimEnd('\r', '\n').Split('\n').Select(static line => line.TrimEnd('\r')).Where(line => file.Trim().Length > 0))
        {
            if (line.StartsWith("agent ", StringComparison.Ordinal))
            {
                isWithin = line == head;
                if (isWithin)
                {
                    text.Append(isWritten ? "" : shape);
                    isWritten = true;
                    continue;
                }
            }

            if (!isWithin || line.StartsWith("#", StringComparison.Ordinal) || line.Trim().Length == 0)
            {
                text.Append(line).Append('\n');
            }
        }

        return isWritten ? text.ToString() : text.Append(shape).ToString();
    }
}
