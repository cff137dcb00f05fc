using AgentFlow.Samples.Research.Searching;

namespace AgentFlow.Samples.Research.Extraction;

/// <summary>Chooses findings that answer well and say different things: maximal marginal relevance (Carbonell and Goldstein, 1998).</summary>
public static class Diversity
{
    private const double RelevanceShare = 0.9;
    private const double SameThing = 0.75;
    private const int MostPerFile = 3;

    /// <summary>Chooses.</summary>
    /// <param name="findings">What there is to choose from.</param>
    /// <param name="most">How many are wanted.</param>
    /// <returns>Those chosen, best first.</returns>
    public static IReadOnlyList<Finding> Select(IEnumerable<Finding> findings, int most)
    {
        var waiting = findings.Select(static f => (Finding: f, Words: Stems(f.Text))).ToList();
        var top = waiting.Count == 0 ? 1 : waiting.Max(static w => w.Finding.Score);
        var chosen = new List<(Finding Finding, HashSet<string> Words)>();
        while (chosen.Count < most && waiting.Count > 0)
        {
            var next = waiting.MaxBy(w => (RelevanceShare * w.Finding.Score / top) - ((1 - RelevanceShare) * Nearest(w.Words, chosen)));
            waiting.Remove(next);
            if (Nearest(next.Words, chosen) < SameThing && chosen.Count(c => c.Finding.Source.Path == next.Finding.Source.Path) < MostPerFile)
            {
                chosen.Add(next);
            }
        }

        return [.. chosen.Select(static c => c.Finding)];
    }

    private static double Nearest(HashSet<string> words, List<(Finding Finding, HashSet<string> Words)> chosen) =>
        chosen.Count == 0 ? 0 : chosen.Max(c => Overlap(words, c.Words));

    /// <summary>Which share of the smaller set the larger one holds: a sentence within another counts as the same.</summary>
    private static double Overlap(HashSet<string> a, HashSet<string> b)
    {
        var smaller = Math.Min(a.Count, b.Count);
        return smaller == 0 ? 0 : (double)a.Count(b.Contains) / smaller;
    }

    private static HashSet<string> Stems(string text)
    {
        var stems = new HashSet<string>();
        foreach (var word in new Words(text))
        {
            if (!Vocabulary.IsStopWord(word))
            {
                stems.Add(Stemmer.Stem(word.ToString()));
            }
        }

        return stems;
    }
}
