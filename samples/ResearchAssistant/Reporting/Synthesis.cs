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

    /// <summary>How much the length of a sentence counts: a third of <see cref="FullSentence"/> costs a tenth.</summary>
    private const double LengthPower = 0.1;

    /// <summary>What a line of code is worth beside a sentence.</summary>
    private const double LineShare = 0.95;

    /// <summary>What a document is worth beside code.</summary>
    private const double DocumentShare = 1.1;

    /// <summary>Findings below this share of the best one's score are left out.</summary>
    private const double LeastShare = 0.35;

    /// <summary>What answers in short touches at least this share of the question, or else about as much as any sentence does.</summary>
    private const double LeastCoverage = 0.5;

    /// <summary>Code without a comment says something only to a question that it meets to a good part.</summary>
    private const double LeastCoverageOfCode = 0.4;

    /// <summary>Documents and code answer each in their way: the best of either is told, unless the other is this much better.</summary>
    private const double ShareOfOther = 0.4;

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
        var leastCoverage = Math.Min(LeastCoverage, 0.75 * chosen.Select(static f => f.Coverage).DefaultIfEmpty().Max());
        var answer = InShort([.. chosen.Where(f => f.Coverage >= leastCoverage).Select(static f => f with { Score = f.Score * Answers(f) })]);
        var told = answer.Select(static f => f.Location).ToHashSet();
        var rest = chosen.Where(f => told.Add(f.Location)).ToLookup(static f => f.Source.Kind);
        Section[] sections =
        [
            new("What the documents say", [.. rest[SourceKind.Document].Take(MostPerSection)]),
            new("What the code shows", [.. rest[SourceKind.Code]]),
            new("What the history tells", [.. Chosen(commits, MostCommits)]),
        ];
        return new(question.Text, folder, answer, [.. sections.Where(static s => s.Findings.Count > 0)],
            $"{Count(documents.Searched, "document")}, {Count(code.Searched, "source file")} and {Count(history?.Searched ?? 0, "commit")}", Notes(documents, history))
        {
            TermWeights = [.. question.Terms.Select((_, i) => (documents.TermWeights.ElementAtOrDefault(i) + code.TermWeights.ElementAtOrDefault(i)) / 2)],
        };

        IEnumerable<Finding> Chosen(IReadOnlyList<Finding> findings, int most) =>
            Diversity.Select(findings.Where(f => f.Score >= least && (!f.IsVerbatim || f.Coverage >= LeastCoverageOfCode)), most);
    }

    /// <summary>The best three; among them the best of the documents and the best of the code, where both have something to say.</summary>
    private static List<Finding> InShort(IReadOnlyList<Finding> findings)
    {
        // A symbol that is named once is found: what else it says stands below.
        var places = findings.GroupBy(static f => (f.Source.Path, f.Source.Title)).Select(static g => g.MaxBy(static f => f.Score)!);
        var best = Diversity.Select(places, MostInShort).ToList();
        foreach (var kind in (SourceKind[])[SourceKind.Code, SourceKind.Document])
        {
            if (best.Count > 0 && !best.Exists(f => f.Source.Kind == kind)
                && findings.Where(f => f.Source.Kind == kind).MaxBy(static f => f.Score) is { } other && other.Score >= ShareOfOther * best[0].Score)
            {
                best.RemoveRange(Math.Min(best.Count, MostInShort - 1), Math.Max(0, best.Count - MostInShort + 1));
                best.Add(other);
            }
        }

        return best;
    }

    /// <summary>
    /// A full sentence answers a little better than a label or a line of code, and what was written to be read better than what was written
    /// beside code. The place counts for more than how it reads: a right one with a short comment comes before a wrong one with a long one.
    /// </summary>
    private static double Answers(Finding finding) =>
        Math.Sqrt(finding.Coverage) * (finding.IsVerbatim ? LineShare : Math.Pow(Math.Min(1, finding.Text.Split(' ').Length / FullSentence), LengthPower))
        * (finding.Source.Kind == SourceKind.Document ? DocumentShare : 1);

    private static IReadOnlyList<string> Notes(DocumentFindings documents, HistoryHits? history) =>
        [.. new[] { documents.Note, history is null ? "The git history could not be searched." : history.Note }.OfType<string>()];

    private static string Count(int count, string noun) => string.Create(CultureInfo.InvariantCulture, $"{count} {noun}{(count == 1 ? "" : "s")}");
}
