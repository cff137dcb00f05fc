using AgentFlow.Samples.Research.Extraction;
using AgentFlow.Samples.Research.Reporting;
using AgentFlow.Samples.Research.Searching;
using Microsoft.Extensions.AI;

namespace AgentFlow.Samples.Research;

/// <summary>Answers a question about a folder from its documents, its code and its history, and says where it has each sentence from.</summary>
[Agent(Durable = false, MaxParallel = 4)]
public sealed partial class ResearchAssistant(Library library, ReportCache cache, IChatClient? model = null)
{
    private readonly CodeSummarizer _summarizer = new();

    [Action(Title = "Search Documents", Estimate = "00:00:30")]
    private Task<DocumentHits> SearchDocuments([Input] Question question, ActionContext context, CancellationToken ct) =>
        library.SearchDocumentsAsync(question, (done, total) => context.EmitProgressAsync((double)done / total, $"{done} of {total} files"), ct);

    [Action(Title = "Search Source Code", Estimate = "00:00:30")]
    private Task<CodeHits> SearchCode([Input] Question question, ActionContext context, CancellationToken ct) =>
        library.SearchCodeAsync(question, (done, total) => context.EmitProgressAsync((double)done / total, $"{done} of {total} files"), ct);

    [Action(Title = "Search Git History", Estimate = "00:00:20"), Retry(2, Delay = "00:00:00.2"), Timeout("00:00:20"), Optional]
    private Task<HistoryHits> SearchHistory([Input] Question question, CancellationToken ct) => library.SearchHistoryAsync(question, ct);

    [Action(Title = "Extract Key Facts from Documents", Estimate = "00:00:15", Offload = true)]
    private static DocumentFindings ExtractFacts(DocumentHits documents, [Input] Question question) => DocumentFindings.Extract(documents, question);

    [Action(Title = "Summarize Source Code", Estimate = "00:01:00", Type = ActionType.Agent)]
    private ValueTask<Digest> Summarize(CodeHits code, [Input] Question question, CancellationToken ct) => _summarizer.RunAsync(code, question, ct);

    /// <summary>Where a language model is configured it writes the answer, of the same findings and with the same citations; where none is, or it fails, the sources' own sentences are the answer.</summary>
    [Action(Title = "Synthesize Report", Estimate = "00:02:00", Type = ActionType.Llm, Mode = ActionMode.Sync), Retry(2), Timeout("00:02:00"), Fallback(nameof(SynthesizeAlone))]
    private async Task<Draft> Synthesize(DocumentFindings facts, Digest digest, HistoryHits? history, [Input] Question question, ActionContext context, CancellationToken ct)
    {
        var draft = Synthesis.Write(question, library.Folder, facts, digest, history);
        return model is null ? draft : await Author.WriteAsync(draft, model, context, ct).ConfigureAwait(false);
    }

    private Draft SynthesizeAlone(Exception failure, DocumentFindings facts, Digest digest, HistoryHits? history, [Input] Question question)
    {
        var draft = Synthesis.Write(question, library.Folder, facts, digest, history);
        return draft with { Notes = [.. draft.Notes, $"The language model could not be asked ({failure.GetType().Name})."] };
    }

    [Action(Title = "Cache Report", Estimate = "00:00:10", Type = ActionType.Relic, Mode = ActionMode.FireAndForget)]
    private Task CacheReport(Draft draft, [Input] Question question, CancellationToken ct) => cache.SaveAsync(draft, question, ct);

    [Action(Title = "Run Quality Checks", Estimate = "00:00:20")]
    private static Quality CheckQuality(Draft draft, [Input] Question question) => Quality.Check(draft, question);

    [Action(Title = "Generate Citations", Estimate = "00:00:15")]
    private static Citation[] Cite(Draft draft) => Citation.Of(draft);

    [Action(Title = "Finalize Report", Estimate = "00:00:10", Mode = ActionMode.Sync)]
    private static FinalReport Finish(Draft draft, Quality quality, Citation[] citations) => new(MarkdownReport.Write(draft, citations, quality), quality);
}
