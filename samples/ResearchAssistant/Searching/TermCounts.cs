namespace AgentFlow.Samples.Research.Searching;

/// <summary>How often a text uses each term of a question.</summary>
public sealed class TermCounts(Question question)
{
    private readonly float[] _counts = new float[question.Terms.Count];
    private readonly float[] _best = new float[question.Terms.Count];

    /// <summary>Occurrences of each term, related words counting less.</summary>
    public ReadOnlySpan<float> Counts => _counts;

    /// <summary>How directly each term is met: 1 by its own word, less by a related one, 0 not at all.</summary>
    public ReadOnlySpan<float> Best => _best;

    /// <summary>Words in all.</summary>
    public int Length { get; private set; }

    /// <summary>Whether any term occurs.</summary>
    public bool Any { get; private set; }

    /// <summary>Counts the terms of a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="boost">What an occurrence counts.</param>
    public TermCounts Add(ReadOnlySpan<char> text, float boost = 1)
    {
        Span<char> buffer = stackalloc char[Stemmer.MaxLength];
        var words = new Words(text);
        while (words.MoveNext())
        {
            Length += words.IsCompound ? 0 : 1;
            if (question.TryMatch(Stemmer.Stem(words.Current, buffer), out var term, out var weight))
            {
                Any = true;
                _counts[term] += weight * boost;
                _best[term] = Math.Max(_best[term], weight);
            }
        }

        return this;
    }

    /// <summary>Adds what another text has.</summary>
    /// <param name="other">The other, of the same question.</param>
    public TermCounts Add(TermCounts other)
    {
        Length += other.Length;
        Any |= other.Any;
        for (var i = 0; i < _best.Length; i++)
        {
            _counts[i] += other._counts[i];
            _best[i] = Math.Max(_best[i], other._best[i]);
        }

        return this;
    }

    /// <summary>Which share of the question's weight the text touches.</summary>
    /// <param name="weights">What each term is worth.</param>
    /// <returns>From 0 to 1.</returns>
    public double Coverage(IReadOnlyList<double> weights)
    {
        double met = 0, all = 0;
        for (var i = 0; i < _best.Length; i++)
        {
            // The root, for two words of which one is common are still two things asked.
            met += Math.Sqrt(weights[i]) * _best[i];
            all += Math.Sqrt(weights[i]);
        }

        return all > 0 ? met / all : 0;
    }
}
