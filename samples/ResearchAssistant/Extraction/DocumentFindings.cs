using AgentFlow.Samples.Research.Searching;

namespace AgentFlow.Samples.Research.Extraction;

/// <summary>What the documents say.</summary>
/// <param name="Findings">The findings, best first.</param>
/// <param name="Searched">How many documents were read.</param>
/// <param name="Note">What the reader should know about the search.</param>
public sealed record DocumentFindings(IReadOnlyList<Finding> Findings, int Searched, string? Note = null)
{
    /// <summary>A sentence with more is a listing.</summary>
    private const int MostBraces = 3;

    /// <summary>What a paragraph says counts nearly as what is quoted of it.</summary>
    private const double WholeShare = 0.85;

    /// <summary>What each term of the question is worth in the documents.</summary>
    public IReadOnlyList<double> TermWeights { get; init; } = [];

    /// <summary>Takes from each hit the sentences that answer best.</summary>
    /// <param name="hits">The hits.</param>
    /// <param name="question">The question.</param>
    public static DocumentFindings Extract(DocumentHits hits, Question question) =>
        new([.. hits.Hits.Select(hit => Extract(hit, question, hits.TermWeights)).OfType<Finding>().OrderByDescending(static f => f.Score)], hits.Searched, hits.Note) { TermWeights = hits.TermWeights };

    private static Finding? Extract(Hit hit, Question question, IReadOnlyList<double> weights)
    {
        var sentences = Sentences.Split(Markup.Remove(hit.Passage.Text)).Where(static s => s.Text.AsSpan().Count('{') < MostBraces).ToList();
        if (Excerpt.Best(sentences, question, weights) is not { } excerpt)
        {
            return null;
        }

        var coverage = new TermCounts(question).Add(excerpt.Text).Add(hit.Passage.Title).Coverage(weights);
        return new(hit.Passage, hit.Passage.Line + excerpt.Line, excerpt.Text, hit.Score * (0.35 + (0.65 * excerpt.Value)), Math.Max(coverage, WholeShare * hit.Coverage * hit.Standing)) { Standing = hit.Standing };
    }
}
