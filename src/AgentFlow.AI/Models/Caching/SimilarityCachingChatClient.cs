using AgentFlow.AI.Retrieval;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI;

/// <summary>Questions that are alike have one answer, if their words agree and everything around them is equal.</summary>
internal sealed class SimilarityCachingChatClient(IChatClient inner, IEmbeddingGenerator<string, Embedding<float>> embeddings, SimilarityCacheOptions options) : CachingChatClient<SimilarityCachingChatClient.Question>(inner)
{
    private readonly ResponseCache<Question> _cache = new(options);
    private readonly SimilarityCacheOptions _options = options;
    private readonly string? _model = inner.GetService<ChatClientMetadata>()?.DefaultModelId;

    protected override async ValueTask<Question?> KeyOfAsync(IReadOnlyList<ChatMessage> messages, ChatOptions? options, CancellationToken cancellationToken)
    {
        // Of a longer conversation the last message says too little: "yes, please" is like "yes, please".
        if (messages.Where(static m => m.Role != ChatRole.System).ToArray() is not [{ Role: var role } only]
            || role != ChatRole.User || messages[^1] != only || only.Contents is not [TextContent { Text: { Length: > 0 } text }] || Wording.Of(text) is not { } wording)
        {
            return null;
        }

        if (RequestKey.Hash([.. messages.SkipLast(1)], options, _model) is not { } surroundings)
        {
            return null;
        }

        try
        {
            var vectors = await embeddings.GenerateAsync([text], cancellationToken: cancellationToken).ConfigureAwait(false);
            return new(surroundings, wording, UnitVector.Of(vectors[0].Vector.Span));
        }
#pragma warning disable CA1031 // Whatever is the matter with it: the model can be asked without a cache.
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            return null;
        }
    }

    protected override ChatResponse? Find(Question key) => _cache.FindBest(key.Likeness, _options.Threshold);

    protected override void Add(Question key, ChatResponse response) => _cache.Add(key, response);

    /// <summary>A question and what surrounds it. Compared by identity: its own object is its entry's key.</summary>
    internal sealed class Question(string surroundings, string wording, float[] vector)
    {
        private readonly string _surroundings = surroundings;
        private readonly string _wording = wording;
        private readonly float[] _vector = vector;

        /// <summary>The cosine of the vectors' angle; -1 if anything else differs.</summary>
        public double Likeness(Question other) => _surroundings == other._surroundings && _vector.Length == other._vector.Length && _wording == other._wording
            ? UnitVector.Cosine(_vector, other._vector)
            : -1;
    }
}
