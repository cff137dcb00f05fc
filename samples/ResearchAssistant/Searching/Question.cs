using System.Text.RegularExpressions;

namespace AgentFlow.Samples.Research.Searching;

/// <summary>A question, and the terms it is searched by.</summary>
public sealed partial class Question
{
    private const float WeakWeight = 0.3f;
    private const float RelatedWeight = 0.6f;

    private readonly Dictionary<string, (int Term, float Weight)> _matches = [];
    private readonly Dictionary<string, (int Term, float Weight)>.AlternateLookup<ReadOnlySpan<char>> _lookup;

    private Question(string text, List<QueryTerm> terms)
    {
        Text = text;
        Terms = terms;
        for (var i = 0; i < terms.Count; i++)
        {
            _matches[terms[i].Stem] = (i, 1);
        }

        for (var i = 0; i < terms.Count; i++)
        {
            foreach (var related in Vocabulary.Related(terms[i].Stem))
            {
                _matches.TryAdd(related, (i, RelatedWeight));
            }
        }

        _lookup = _matches.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>The question as it was asked.</summary>
    public string Text { get; }

    /// <summary>What it asks about, each term once.</summary>
    public IReadOnlyList<QueryTerm> Terms { get; }

    /// <summary>Reads a question.</summary>
    /// <param name="text">The question.</param>
    /// <returns>The question, or <see langword="null"/> if it has no word.</returns>
    public static Question? Parse(string text)
    {
        var terms = Collect(text, static word => !Vocabulary.IsStopWord(word));
        if (terms.Count == 0)
        {
            terms = Collect(text, static _ => true);
        }

        if (terms.TrueForAll(static t => t.IsWeak))
        {
            terms = [.. terms.Select(static t => t with { Weight = 1 })];
        }

        // Who asks how many asks for a limit, which the answer may call so.
        if (Quantity().IsMatch(text) && Stemmer.Stem("limit") is var limit && !terms.Exists(t => t.Stem == limit))
        {
            terms.Add(new("limit", limit, WeakWeight));
        }

        return terms.Count == 0 ? null : new(text.Trim(), terms);
    }

    /// <summary>Tells which term a word stands for.</summary>
    /// <param name="stem">The word's stem.</param>
    /// <param name="term">The place of the term in <see cref="Terms"/>.</param>
    /// <param name="weight">1 for the term's own word, less for a related one.</param>
    /// <returns>Whether it stands for any.</returns>
    public bool TryMatch(ReadOnlySpan<char> stem, out int term, out float weight)
    {
        var found = _lookup.TryGetValue(stem, out var match);
        (term, weight) = match;
        return found;
    }

    [GeneratedRegex(@"\bhow (?:many|much|large|big)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Quantity();

    private static List<QueryTerm> Collect(string text, Func<string, bool> counts)
    {
        var terms = new List<QueryTerm>();
        foreach (var span in new Words(text))
        {
            var word = span.ToString();
            var stem = Stemmer.Stem(word);
            if (counts(word) && !terms.Exists(t => t.Stem == stem))
            {
                // A sentence may begin with a capital; elsewhere it makes a name.
                var isName = terms.Count > 0 && word.Any(static c => char.IsUpper(c) || char.IsDigit(c));
                terms.Add(new(word.ToLowerInvariant(), stem, Vocabulary.IsWeak(stem) ? WeakWeight : 1) { IsName = isName });
            }
        }

        return terms;
    }
}
