using Microsoft.Extensions.AI;

namespace AgentFlow.AI;

/// <summary>Retries, paces and gives up.</summary>
internal sealed class ResilientEmbeddingGenerator(IEmbeddingGenerator<string, Embedding<float>> inner, ModelResilienceOptions options) : DelegatingEmbeddingGenerator<string, Embedding<float>>(inner)
{
    private readonly ModelResilience _resilience = new(options);

    public override async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        string[] sent = [.. values];
        return await _resilience.CallAsync(token => InnerGenerator.GenerateAsync(sent, options, token), cancellationToken).ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _resilience.Dispose();
        }

        base.Dispose(disposing);
    }
}
