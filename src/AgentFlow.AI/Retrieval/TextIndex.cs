using AgentFlow.AI.Retrieval;

namespace AgentFlow.AI;

/// <summary>
/// Finds texts by their words, the best first: BM25, as S. E. Robertson and K. Spärck Jones' probabilistic model of relevance came to be (Robertson and Zaragoza,
/// "The Probabilistic Relevance Framework: BM25 and Beyond", 2009), with the inverse document frequency of Lucene, which is never negative. Kept in memory,
/// without a model. Thread-safe.
/// </summary>
/// <typeparam name="TKey">What a text is known by.</typeparam>
public sealed class TextIndex<TKey>
    where TKey : notnull
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TKey, Document> _documents;
    private readonly Dictionary<string, Dictionary<Document, int>> _postings = new(StringComparer.Ordinal);
    private readonly double _k1;
    private readonly double _b;
    private long _length;
    private long _added;

    /// <summary>Makes an empty index.</summary>
    /// <param name="k1">How soon further mentions of a word cease to count: 0 counts one mention only. Default: 1.2.</param>
    /// <param name="b">How much long texts are held back: from 0, not at all, to 1, in proportion to their length. Default: 0.75.</param>
    /// <param name="comparer">Compares keys. Default: their own equality.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k1"/> is negative or no number, or <paramref name="b"/> is not between 0 and 1.</exception>
    public TextIndex(double k1 = 1.2, double b = 0.75, IEqualityComparer<TKey>? comparer = null)
    {
        if (!(k1 >= 0 && double.IsFinite(k1)))
        {
            throw new ArgumentOutOfRangeException(nameof(k1), k1, "It has to be a number of at least 0.");
        }

        if (!(b is >= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(b), b, "It has to be between 0 and 1.");
        }

        (_k1, _b) = (k1, b);
        _documents = new(comparer);
    }

    /// <summary>How many texts there are.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _documents.Count;
            }
        }
    }

    /// <summary>Adds a text, or replaces the one of that key.</summary>
    /// <param name="key">What it is known by.</param>
    /// <param name="text">The text.</param>
    public void Add(TKey key, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var terms = new Dictionary<string, int>(StringComparer.Ordinal);
        var length = 0;
        foreach (var word in Words.Of(text))
        {
            terms[word] = terms.GetValueOrDefault(word) + 1;
            length++;
        }

        lock (_gate)
        {
            RemoveLocked(key);
            var document = new Document(key, _added++, length, terms);
            _documents.Add(key, document);
            _length += length;
            foreach (var (term, count) in terms)
            {
                if (!_postings.TryGetValue(term, out var postings))
                {
                    _postings.Add(term, postings = []);
                }

                postings.Add(document, count);
            }
        }
    }

    /// <summary>Removes a text.</summary>
    /// <param name="key">What it is known by.</param>
    /// <returns>Whether there was one.</returns>
    public bool Remove(TKey key)
    {
        lock (_gate)
        {
            return RemoveLocked(key);
        }
    }

    /// <summary>
    /// Finds the texts that share words with a query. English words that say nothing by themselves, such as "the" and "what", find a text
    /// only if the query has no others.
    /// </summary>
    /// <param name="query">The query.</param>
    /// <param name="count">How many are wanted at most.</param>
    /// <returns>The keys, the best first, ties in the order in which they were added; with scores, which compare within one search only.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is not positive.</exception>
    public IReadOnlyList<(TKey Key, double Score)> Search(string query, int count)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        return [.. SearchShares(query, count).Select(static hit => (hit.Key, hit.Score))];
    }

    /// <summary>
    /// As <see cref="Search"/>, with the share of the query's weight that a text has, 0 to 1: of the words of the query that say something,
    /// each weighing what it is rare, those that it mentions; of a text that is longer
    /// than most, a mention is less than a whole one. The best of hits that are all bad has a small share.
    /// </summary>
    internal IReadOnlyList<(TKey Key, double Score, double Share)> SearchShares(string query, int count)
    {
        var terms = Words.Of(query).Distinct(StringComparer.Ordinal).ToList();
        var onlyCommon = terms.TrueForAll(Words.IsCommon);
        lock (_gate)
        {
            var scores = new Dictionary<Document, (double Score, double Share)>();
            var telling = new HashSet<Document>();
            var mean = _documents.Count == 0 ? 1 : Math.Max(1, (double)_length / _documents.Count);
            var whole = 0.0;
            foreach (var term in terms)
            {
                var postings = _postings.GetValueOrDefault(term);
                var mentioning = postings?.Count ?? 0;
                var isCommon = Words.IsCommon(term);
                var weight = Math.Log(1 + ((_documents.Count - mentioning + 0.5) / (mentioning + 0.5)));
                var tells = onlyCommon || !isCommon;
                whole += tells ? weight : 0;
                foreach (var (document, mentions) in postings ?? [])
                {
                    var saturation = mentions * (_k1 + 1) / (mentions + (_k1 * (1 - _b + (_b * document.Length / mean))));
                    var (score, share) = scores.GetValueOrDefault(document);
                    scores[document] = (score + (weight * saturation), tells ? share + (weight * Math.Min(1, saturation)) : share);
                    if (tells)
                    {
                        telling.Add(document);
                    }
                }
            }

            return
            [
                .. scores
                    .Where(pair => telling.Contains(pair.Key))
                    .OrderByDescending(static pair => pair.Value.Score)
                    .ThenBy(static pair => pair.Key.Number)
                    .Take(count)
                    .Select(pair => (pair.Key.Key, pair.Value.Score, Math.Min(1, pair.Value.Share / whole))),
            ];
        }
    }

    private bool RemoveLocked(TKey key)
    {
        if (!_documents.Remove(key, out var document))
        {
            return false;
        }

        _length -= document.Length;
        foreach (var term in document.Terms.Keys)
        {
            var postings = _postings[term];
            postings.Remove(document);
            if (postings.Count == 0)
            {
                _postings.Remove(term);
            }
        }

        return true;
    }

    /// <summary>A text; equal to itself alone.</summary>
    private sealed class Document(TKey key, long number, int length, Dictionary<string, int> terms)
    {
        public TKey Key { get; } = key;

        /// <summary>Rises with each text that is added, so that ties have an order.</summary>
        public long Number { get; } = number;

        public int Length { get; } = length;

        public Dictionary<string, int> Terms { get; } = terms;
    }
}
