using AgentFlow.Samples.Research.Searching;

namespace AgentFlow.Samples.Research.Extraction;

/// <summary>Says what a commit has to do with the question: its subject, and the sentence of its message that answers best.</summary>
public static class CommitFinding
{
    /// <summary>Reads the messages that were found.</summary>
    /// <param name="hits">The hits.</param>
    /// <param name="question">The question.</param>
    public static IReadOnlyList<Finding> Extract(HistoryHits hits, Question question) => [.. hits.Hits.Select(hit => Of(hit, question, hits.TermWeights))];

    private static Finding Of(Hit hit, Question question, IReadOnlyList<double> weights)
    {
        var subject = hit.Passage.Title.TrimEnd('.') + ".";
        var body = Excerpt.Best([.. Sentences.Split(Markup.Remove(hit.Passage.Text))], question, weights);
        return new(hit.Passage, 0, body is { Coverage: > 0.3 } ? $"{subject} {body.Text}" : subject, hit.Score, hit.Coverage);
    }
}
