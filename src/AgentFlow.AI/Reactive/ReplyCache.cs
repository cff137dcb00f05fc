using AgentFlow.AI.Retrieval;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI;

/// <summary>Replies to requests, found by requests that are alike. Thread-safe.</summary>
internal sealed class ReplyCache(SimilarityCacheOptions options, IEmbeddingGenerator<string, Embedding<float>>? embeddings)
{
    private readonly ResponseCache<Key> _cache = new(options);

    /// <summary>What a request is compared by: its handler, and its words or its vector; null if there is no vector to be had, so that it cannot be.</summary>
    public async ValueTask<Key?> KeyOfAsync(string handler, string text, CancellationToken cancellationToken)
    {
        if (embeddings is null)
        {
            return new(handler, string.Join(' ', Words.Of(text)), []);
        }

        try
        {
            var vectors = await embeddings.GenerateAsync([text], cancellationToken: cancellationToken).ConfigureAwait(false);
            return new(handler, null, UnitVector.Of(vectors[0].Vector.Span));
        }
#pragma warning disable CA1031 // Whatever is the matter with it: requests can be answered without a cache.
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            return null;
        }
    }

    public string? Find(Key key) => _cache.FindBest(other => other.Likeness(key), embeddings is null ? 1 : options.Threshold)?.Text;

    public void Add(Key key, string text) => _cache.Add(key, new ChatResponse(new ChatMessage(ChatRole.Assistant, text)));

    /// <summary>Compared by identity: its own object is its entry's key.</summary>
    internal sealed class Key(string handler, string? words, float[] vector)
    {
        private readonly string _handler = handler;
        private readonly string? _words = words;
        private readonly float[] _vector = vector;

        /// <summary>The cosine of the vectors' angle; 1 for equal words; -1 for what cannot be compared.</summary>
        public double Likeness(Key other)
        {
            if (_handler != other._handler || _vector.Length != other._vector.Length)
            {
                return -1;
            }

            // A text without words, such as a number in signs, is like no other.
            if (_words is not null)
            {
                return _words.Length > 0 && _words == other._words ? 1 : -1;
            }

            return UnitVector.Cosine(_vector, other._vector);
        }
    }
}
