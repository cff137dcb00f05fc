using AgentFlow.Samples.Research.Searching;

namespace AgentFlow.Samples.Research.Extraction;

/// <summary>Says what a piece of code has to do with the question.</summary>
public static class CodeFinding
{
    private const int LongestLine = 140;
    private const double WholeShare = 0.85;

    /// <summary>Prefers what a comment says, if only of a symbol that is asked for; without one, shows the line that comes closest.</summary>
    /// <param name="hit">The piece of code.</param>
    /// <param name="question">The question.</param>
    /// <param name="weights">What each of its terms is worth.</param>
    public static Finding Of(Hit hit, Question question, IReadOnlyList<double> weights)
    {
        var passage = hit.Passage;
        Sentence[] comments = [.. Comments.Read(passage.Path, passage.Text)];
        var (text, line, verbatim, strength) = Excerpt.Best(comments, question, weights) is { } excerpt
            ? (excerpt.Text, excerpt.Line, false, 0.45 + (0.55 * excerpt.Value))
            : comments is [var first, ..] && new TermCounts(question).Add(passage.Title).Any
                ? (Excerpt.Finish(first.Text), first.Line, false, 0.5)
                : ClosestLine(passage, question, weights);
        var coverage = new TermCounts(question).Add(text).Add(passage.Title).Add(Path.GetFileNameWithoutExtension(passage.Path.AsSpan())).Coverage(weights);

        // Code answers by what it does, too: all of it, not the sentence or line that is shown.
        coverage = Math.Max(coverage, WholeShare * hit.Coverage * hit.Standing);
        return new(passage, passage.Line + line, text, hit.Score * strength, coverage) { IsVerbatim = verbatim, Standing = hit.Standing };
    }

    private static (string Text, int Line, bool Verbatim, double Strength) ClosestLine(Passage passage, Question question, IReadOnlyList<double> weights)
    {
        var lines = passage.Text.Split('\n');
        var (best, most) = (Math.Min(passage.DeclarationOffset, lines.Length - 1), 0.0);
        for (var i = 0; i < lines.Length; i++)
        {
            var value = new TermCounts(question).Add(lines[i]).Coverage(weights) * (i == passage.DeclarationOffset ? 1.5 : 1);
            if (value > most)
            {
                (best, most) = (i, value);
            }
        }

        var text = lines[best].Trim();
        return (text.Length <= LongestLine ? text : text[..LongestLine] + "…", best, true, 0.6);
    }
}
