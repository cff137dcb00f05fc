using System.Collections.Frozen;

namespace AgentFlow.Samples.Research.Searching;

/// <summary>
/// Ranks passages by BM25 (Robertson and Zaragoza, 2009), with fields as in BM25F: a term in a title or a file's name counts as several in
/// the text. Thread-safe while passages are added.
/// </summary>
public sealed class Ranking(Question question)
{
    private const double Saturation = 1.2;
    private const double LengthPenalty = 0.6;

    /// <summary>How much more a passage is worth whose name alone says what is asked.</summary>
    private const double NameShare = 0.6;

    /// <summary>Which share of a passage's worth hangs on what else its file speaks of.</summary>
    private const double FileShare = 0.3;

    /// <summary>Less than this share of the question is not about the question.</summary>
    private const double LeastCoverage = 0.34;

    /// <summary>Tests and samples mention a thing; the thing itself answers better. Licences answer nothing, unless one asks for them.</summary>
    private static readonly FrozenDictionary<string, double>.AlternateLookup<ReadOnlySpan<char>> LesserPlaces = new Dictionary<string, double>
    {
        ["test"] = 0.5, ["spec"] = 0.7, ["sample"] = 0.6, ["example"] = 0.7, ["benchmark"] = 0.6, ["changelog"] = 0.7, ["license"] = 0.3,
        ["licence"] = 0.3, ["copying"] = 0.3, ["copyright"] = 0.3,
    }.ToFrozenDictionary(static p => Stemmer.Stem(p.Key), static p => p.Value).GetAlternateLookup<ReadOnlySpan<char>>();

    private readonly Lock _gate = new();
    private readonly List<Candidate> _candidates = [];
    private long _words;
    private int _passages;

    /// <summary>Adds the passages of one source.</summary>
    /// <param name="passages">The passages.</param>
    public void Add(IEnumerable<Passage> passages)
    {
        var found = new List<Candidate>();
        var sources = new Dictionary<string, TermCounts>();
        var (count, words) = (0, 0L);
        foreach (var passage in passages)
        {
            var terms = Count(passage);
            count++;
            words += terms.Length;
            if (terms.Any)
            {
                if (!sources.TryGetValue(passage.Path, out var source))
                {
                    sources.Add(passage.Path, source = new(question));
                }

                source.Add(terms);
                found.Add(new(passage, terms, Name(passage), source));
            }
        }

        lock (_gate)
        {
            _candidates.AddRange(found);
            _passages += count;
            _words += words;
        }
    }

    /// <summary>Ranks what was added.</summary>
    /// <param name="most">How many hits are wanted.</param>
    /// <returns>The hits, best first, ties by place; and what each term of the question is worth here.</returns>
    public (IReadOnlyList<Hit> Hits, IReadOnlyList<double> TermWeights) Rank(int most)
    {
        var weights = TermWeights();
        var ideal = weights.Sum() * (Saturation + 1);
        var average = Math.Max(1, (double)_words / Math.Max(1, _passages));
        var hits = _candidates
            .Select(c => new Hit(c.Passage, Score(c.Terms, weights, average) / ideal * Aptness(c, weights), c.Terms.Coverage(weights)) { Standing = Standing(c.Passage) })
            .Where(static h => h.Coverage >= LeastCoverage)
            .Select(static h => h with { Score = h.Score * h.Standing * (0.3 + (0.7 * h.Coverage)) })
            .OrderByDescending(static h => h.Score).ThenBy(static h => h.Passage.Path, StringComparer.Ordinal).ThenBy(static h => h.Passage.Line)
            .Take(most);
        return ([.. hits], weights);
    }

    /// <summary>A passage whose name says what is asked is about it, as is one in a file that speaks of all of it.</summary>
    private static double Aptness(Candidate candidate, double[] weights) =>
        (1 + (NameShare * candidate.Name.Coverage(weights))) * (1 - FileShare + (FileShare * candidate.Source.Coverage(weights)));

    private TermCounts Name(Passage passage)
    {
        var name = new TermCounts(question);
        return passage.Kind == SourceKind.Code ? name.Add(passage.Title).Add(Path.GetFileNameWithoutExtension(passage.Path.AsSpan()))
            : passage.Kind == SourceKind.Document ? name.Add(passage.Title.AsSpan(Math.Max(0, passage.Title.LastIndexOf(Headings.Separator, StringComparison.Ordinal))))
            : name;
    }

    /// <summary>The comment above a declaration.</summary>
    private static ReadOnlySpan<char> Above(Passage passage)
    {
        var text = passage.Text.AsSpan();
        var end = 0;
        for (var line = 0; line < passage.DeclarationOffset; line++)
        {
            end += text[end..].IndexOf('\n') + 1;
        }

        return text[..end];
    }

    private TermCounts Count(Passage passage)
    {
        var terms = new TermCounts(question);
        terms.Add(passage.Text);
        if (passage.Kind == SourceKind.Document)
        {
            // The nearest heading says most about a paragraph; those above it say what it is part of.
            var nearest = passage.Title.LastIndexOf(Headings.Separator, StringComparison.Ordinal);
            return terms.Add(passage.Title.AsSpan(Math.Max(0, nearest)), 1.5f).Add(passage.Title.AsSpan(0, Math.Max(0, nearest)), 0.5f)
                .Add(Path.GetFileNameWithoutExtension(passage.Path.AsSpan()), 0.5f);
        }

        return passage.Kind == SourceKind.Code
            ? terms.Add(Above(passage), 0.5f).Add(passage.Title, 2).Add(Path.GetFileNameWithoutExtension(passage.Path.AsSpan())).Add(Path.GetDirectoryName(passage.Path.AsSpan()), 0.3f)
            : terms.Add(passage.Title, 1.5f);
    }

    /// <summary>Rare terms weigh more; but a word that only colours the question never more than what the question is about.</summary>
    private double[] TermWeights()
    {
        var weights = new double[question.Terms.Count];
        var least = double.MaxValue;
        for (var i = 0; i < weights.Length; i++)
        {
            var holders = _candidates.Count(c => c.Terms.Best[i] >= 1);
            weights[i] = Math.Log(1 + ((_passages - holders + 0.5) / (holders + 0.5)));
            least = question.Terms[i].IsWeak ? least : Math.Min(least, weights[i]);
        }

        // A plain word that occurs nowhere is not the rarest, but one that nobody here uses: it weighs as the others do.
        var occurring = Enumerable.Range(0, weights.Length).ToLookup(i => _candidates.Exists(c => c.Terms.Best[i] > 0));
        var usual = occurring[true].Select(i => weights[i]).DefaultIfEmpty().Average();
        foreach (var i in occurring[false].Where(i => usual > 0 && !question.Terms[i].IsName))
        {
            weights[i] = usual;
        }

        for (var i = 0; i < weights.Length; i++)
        {
            weights[i] = question.Terms[i].IsWeak ? question.Terms[i].Weight * Math.Min(weights[i], least) : weights[i];
        }

        return weights;
    }

    private static double Score(TermCounts terms, double[] weights, double average)
    {
        var length = 1 - LengthPenalty + (LengthPenalty * Math.Min(4, terms.Length / average));
        var score = 0.0;
        for (var i = 0; i < weights.Length; i++)
        {
            var count = terms.Counts[i];
            score += weights[i] * count * (Saturation + 1) / (count + (Saturation * length));
        }

        return score;
    }

    private double Standing(Passage passage)
    {
        if (passage.Kind == SourceKind.Commit)
        {
            return 1;
        }

        var standing = 1.0;
        Span<char> buffer = stackalloc char[Stemmer.MaxLength];
        foreach (var word in new Words(passage.Path))
        {
            var stem = Stemmer.Stem(word, buffer);
            if (LesserPlaces.TryGetValue(stem, out var factor) && !question.TryMatch(stem, out _, out _))
            {
                standing = Math.Min(standing, factor);
            }
        }

        return standing;
    }

    /// <summary>A passage that has a word of the question.</summary>
    /// <param name="Passage">The passage.</param>
    /// <param name="Terms">What of the question it has, with its names.</param>
    /// <param name="Name">What of the question its name has.</param>
    /// <param name="Source">What of the question its file has.</param>
    private sealed record Candidate(Passage Passage, TermCounts Terms, TermCounts Name, TermCounts Source);
}
