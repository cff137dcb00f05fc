using System.Collections.Frozen;
using AgentFlow.Samples.Research.Searching;

namespace AgentFlow.Samples.Research.Extraction;

/// <summary>The one to three neighbouring sentences of a passage that answer best.</summary>
/// <param name="Text">The sentences.</param>
/// <param name="Line">The line of the first, from the passage's first, which is 0.</param>
/// <param name="Coverage">Which share of the question's weight they touch.</param>
/// <param name="Value">The same, less what makes them hard to read by themselves.</param>
public sealed record Excerpt(string Text, int Line, double Coverage, double Value)
{
    private const int MostSentences = 3;
    private const int MostWords = 75;
    private const int FewWords = 5;

    /// <summary>A sentence that begins so leans on the one before.</summary>
    private static readonly FrozenSet<string> Leaning =
        "it its this these those they them their such he she that then therefore thus hence otherwise instead but and or so also however both neither which"
            .Split(' ').ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Chooses the sentences.</summary>
    /// <param name="sentences">The sentences of a passage, in order.</param>
    /// <param name="question">The question.</param>
    /// <param name="weights">What each of its terms is worth.</param>
    /// <returns>The excerpt, or <see langword="null"/> if no sentence is fit to stand alone.</returns>
    public static Excerpt? Best(IReadOnlyList<Sentence> sentences, Question question, IReadOnlyList<double> weights)
    {
        Excerpt? best = null;
        var most = 0.0;
        for (var from = 0; from < sentences.Count; from++)
        {
            var terms = new TermCounts(question);
            for (var to = from; to < Math.Min(sentences.Count, from + MostSentences) && sentences[to].Block == sentences[from].Block; to++)
            {
                terms.Add(sentences[to].Text);
                if (to > from && terms.Length > MostWords)
                {
                    break;
                }

                var coverage = terms.Coverage(weights);
                var value = coverage * Readability(sentences[from].Text, from, terms.Length) * (1 - (0.08 * (to - from)));
                if (value > most)
                {
                    most = value;
                    best = new(string.Join(' ', sentences.Skip(from).Take(to - from + 1).Select(static s => s.Text)), sentences[from].Line, coverage, value);
                }
            }
        }

        return best is null ? null : best with { Text = Finish(best.Text) };
    }

    /// <summary>Cuts what is too long between words, and ends it as a sentence ends.</summary>
    /// <param name="text">One or more sentences.</param>
    public static string Finish(string text)
    {
        var words = text.Split(' ');
        if (words.Length > MostWords)
        {
            text = string.Join(' ', words[..MostWords]).TrimEnd(',', ';', ':', '.') + " …";
            return text.Count(static c => c == '`') % 2 == 0 ? text : text.Replace(" …", "` …", StringComparison.Ordinal);
        }

        text = text.TrimEnd(',', ';', ':', ' ');
        text = text.Length > 0 && char.IsLetterOrDigit(text[^1]) || text[^1] is '`' or ')' or '"' or '”' or '*' ? text + "." : text;
        return char.IsLower(text[0]) && !text.AsSpan(0, Math.Max(0, text.IndexOf(' '))).ContainsAny("._()=") ? char.ToUpperInvariant(text[0]) + text[1..] : text;
    }

    private static double Readability(string first, int place, int words)
    {
        var isListOfNames = first.AsSpan().Count('`') > words / 2;
        var end = first.AsSpan().IndexOfAny(" ,");
        var leans = place > 0 && Leaning.GetAlternateLookup<ReadOnlySpan<char>>().Contains(first.AsSpan(0, end < 0 ? first.Length : end));
        return (leans ? 0.6 : 1) * (isListOfNames && words > FewWords ? 0.6 : 1) * (words < FewWords ? 0.5 : 1) * (place == 0 ? 1.05 : 1);
    }
}
