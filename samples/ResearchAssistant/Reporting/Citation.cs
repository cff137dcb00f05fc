using AgentFlow.Samples.Research.Extraction;

namespace AgentFlow.Samples.Research.Reporting;

/// <summary>A numbered source.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Location">File and line, or the commit.</param>
/// <param name="Title">The headings, the symbol or the subject found there.</param>
public sealed record Citation(int Number, string Location, string Title)
{
    /// <summary>Numbers the sources of a draft in the order of reading.</summary>
    /// <param name="draft">The draft.</param>
    public static Citation[] Of(Draft draft) =>
        [.. draft.Findings.DistinctBy(static f => f.Location).Select(static (Finding f, int i) => new Citation(i + 1, f.Location, f.Source.Title))];
}
