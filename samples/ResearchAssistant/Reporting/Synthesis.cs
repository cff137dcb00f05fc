using System.Globalization;
using AgentFlow.Samples.Research.Extraction;
using AgentFlow.Samples.Research.Searching;

namespace AgentFlow.Samples.Research.Reporting;

/// <summary>Makes one answer of what the documents, the code and the history gave, by choosing; it adds no word of its own.</summary>
public static class Synthesis
{
    private const int MostInShort = 3;
    private const int MostPerSection = 6;
    private const int MostCommits = 4;
    private const double FullSentence = 14;

    /// <summary>Findings below this share of the best one's score are left out.</summary>
    private const double LeastShare = 0.35;

    /// <summary>What answers in short touches at least this share of the question, or else about as much as any sentence does.</summary>
    private const double LeastCoverage = 0.7;

    /// <summary>A bare line of code says something only to a question that it meets nearly whole.</summary>
    private const double LeastCoverageOfCode = 0.75;

    /// <summary>Writes the draft.</summary>
    /// <param name="question">The question.</param>
    /// <param name="folder">The folder that was searched.</param>
    /// <param name="documents">What the documents say.</param>
    /// <param name="code">What the code shows.</param>
    /// <param name="history">The commits found, or <see langword="null"/> if the history could not be searched.</param>
    public static Draft Write(Question question, string folder, DocumentFindings documents, Digest code, HistoryHits? history)
    {
        IReadOnlyList<Finding> commits = history is null ? [] : CommitFinding.Extract(history, question);
        var least = LeastShare * documents.Findings.Concat(code.Findings).Concat(commits).Select(static f => f.Score).DefaultIfEmpty().Max();
        var chosen = Chosen(documents.Findings, MostPerSection + MostInShort).Concat(Chosen(code.Findings, MostPerSection)).ToList();
        var sentences = chosen.Where(static f => !f.IsVerbatim).ToList();
        var leastCoverage = Math.Min(LeastCoverage, 0.9 * sentences.Select(static f => f.Coverage).DefaultIfEmpty().Max());
        var answer = Diversity.Select(sentences.Where(f => f.Coverage >= leastCoverage).Select(static f => f with { Score = f.Score * Answers(f) }), MostInShort);
        var told = answer.Select(static f => f.Location).ToHashSet();
        var rest = chosen.Where(f => told.Add(f.Location)).ToLookup(static f => f.Source.Kind);
        Section[] sections =
        [
            new("What the documents say", [.. rest[SourceKind.Document].Take(MostPerSection)]),
            new("What the code shows", [.. rest[SourceKind.Code]]),
            new("What the history tells", [.. Chosen(commits, MostCommits)]),
        ];
        return new(question.Text, folder, answer, [.. sections.Where(static s => s.Findings.Count > 0)],
            $"{Count(documents.Searched, "document")}, {Count(code.Searched, "source file")} and {Count(history?.Searched ?? 0, "commit")}", Notes(documents, history));

        IEnumerable<Finding> Chosen(IReadOnlyList<Finding> findings, int most) =>
            Diversity.Select(findings.Where(f => f.Score >= least && (!f.IsVerbatim || f.Coverage >= LeastCoverageOfCode)), most);
    }

    /// <summary>A full sentence answers better than a label, and what was written to be read better than what was written beside code.</summary>
    private static double Answers(Finding finding) =>
        finding.Coverage * Math.Sqrt(Math.Min(1, finding.Text.Split(' ').Length / FullSentence)) * (finding.Source.Kind == SourceKind.Document ? 1.2 : 1);

    private static IReadOnlyList<string> Notes(DocumentFindings documents, HistoryHits? history) =>
        [.. new[] { documents.Note, history is null ? "The git history could not be searched." : null }.OfType<string>()];

    private static string Count(int count, string noun) => string.Create(CultureInfo.InvariantCulture, $"{count} {noun}{(count == 1 ? "" : "s")}");
}
