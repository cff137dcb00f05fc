using Microsoft.Extensions.AI;

namespace AgentFlow.AI;

/// <summary>What can be put around a generator of embeddings, one layer each; the last one added is the first one asked.</summary>
public static class EmbeddingGeneratorExtensions
{
    /// <summary>Retries what is transient, paces requests and gives a failing generator a rest; see <see cref="ChatClientExtensions.WithResilience"/>.</summary>
    /// <param name="generator">The generator.</param>
    /// <param name="options">How; see there for the defaults.</param>
    /// <returns>The generator with resilience; it owns the given one.</returns>
    public static IEmbeddingGenerator<string, Embedding<float>> WithResilience(this IEmbeddingGenerator<string, Embedding<float>> generator, ModelResilienceOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(generator);
        return new ResilientEmbeddingGenerator(generator, options ?? new());
    }

    /// <summary>
    /// Tells each call as a span and in the metrics <c>gen_ai.client.operation.duration</c> and <c>gen_ai.client.token.usage</c>, with the operation <c>embeddings</c>; see
    /// <see cref="ChatClientExtensions.WithTelemetry"/>. Content is never told.
    /// </summary>
    /// <param name="generator">The generator.</param>
    /// <param name="timeProvider">The clock of durations. Default: the system's.</param>
    /// <returns>The generator with telemetry; it owns the given one.</returns>
    public static IEmbeddingGenerator<string, Embedding<float>> WithTelemetry(this IEmbeddingGenerator<string, Embedding<float>> generator, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(generator);
        return new TelemetryEmbeddingGenerator(generator, timeProvider ?? TimeProvider.System);
    }
}
