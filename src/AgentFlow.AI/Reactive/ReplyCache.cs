using AgentFlow.AI.Retrieval;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI;

/// <summary>
/// Replies to requests, found by requests whose words agree and, if that is asked for, whose vectors are near. Thread-safe.
/// </summary>
internal sealed class ReplyCache(ResponseCacheOptions options, IEmbeddingGenerator<string, Embedding<float>>? embeddings)
{
    private readonly ResponseCache<Key> _cache = new(options);
    private readonly SimilarityCacheOptions? _similarity = embeddings is null ? null : options as SimilarityCacheOptions;

    /// <summary>
    /// What a request is compared by: its handler, its words, and its vector where vectors count; null if it has no words, or there is no
    /// vector to be had.
    /// </summary>
    public async ValueTask<Key?> KeyOfAsync(string handler, string text, CancellationToken cancellationToken)
    {
        if (Wording.Of(text) is not { } wording)
        {
            return null;
        }

        if (_similarity is null)
        {
            return new(handler, wording, null);
        }

        try
        {
            var vectors = await embeddings!.GenerateAsync([text], cancellationToken: cancellationToken).ConfigureAwait(false);
            return new(handler, wording, UnitVector.Of(vectors[0].Vector.Span));
        }
#pragma warning disable CA1031 // Whatever is the matter with it: requests can be answered without a cache.
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            return null;
        }
    }

    public string? Find(Key key) => _cache.FindBest(key.Likeness, _similarity?.Threshold ?? 1)?.Text;

    public void Add(Key key, string text) => _cache.Add(key, new ChatResponse(new ChatMessage(ChatRole.Assistant, text)));

    /// <summary>Compared by identity: its own object is its entry's key.</summary>
    internal sealed class Key(string handler, string wording, float[]? vector)
    {
        private readonly string _handler = handler;
        private readonly string _wording = wording;
        private readonly float[]? _vector = vector;

        /// <summary>The cosine of the vectors' angle, or 1 without vectors; -1 if anything else differs.</summary>
        public double Likeness(Key other)
        {
            if (_handler != other._handler || _vector?.Length != other._vector?.Length || _wording != other._wording)
            {
                return -1;
            }

            return _vector is null ? 1 : UnitVector.Cosine(_vector, other._vector);
        }
    }
}
