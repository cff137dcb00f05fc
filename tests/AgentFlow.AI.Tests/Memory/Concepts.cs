using Microsoft.Extensions.AI;

namespace AgentFlow.AI.Tests.Memory;

/// <summary>Embeddings whose dimensions are groups of words that mean the same, and one for all other words.</summary>
internal sealed class Concepts(string model, params string[] groups) : IEmbeddingGenerator<string, Embedding<float>>
{
    private readonly string[][] _groups = [.. groups.Select(static group => group.Split(' '))];

    /// <summary>The texts that were given a meaning.</summary>
    public List<string> Texts { get; } = [];

    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        var made = new GeneratedEmbeddings<Embedding<float>>();
        foreach (var text in values)
        {
            Texts.Add(text);
            var words = text.ToLowerInvariant().Split(' ', '.', ',', '?');
            made.Add(new(new float[] { 0.1f }.Concat(_groups.Select(group => (float)words.Count(group.Contains))).ToArray()));
        }

        return Task.FromResult(made);
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => serviceType == typeof(EmbeddingGeneratorMetadata) ? new EmbeddingGeneratorMetadata("concepts", null, model) : null;

    public void Dispose()
    {
        // It holds nothing.
    }
}
