using System.Diagnostics;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI;

/// <summary>Tells each call as a span and in metrics (OpenTelemetry semantic conventions for generative AI, clients). Content is never told.</summary>
internal sealed class TelemetryEmbeddingGenerator(IEmbeddingGenerator<string, Embedding<float>> inner, TimeProvider clock) : DelegatingEmbeddingGenerator<string, Embedding<float>>(inner)
{
    private readonly EmbeddingGeneratorMetadata? _metadata = inner.GetService(typeof(EmbeddingGeneratorMetadata)) as EmbeddingGeneratorMetadata;

    public override async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        var tags = Common(options);
        var model = options?.ModelId ?? _metadata?.DefaultModelId;
        using var span = ModelTelemetry.Source.HasListeners()
            ? ModelTelemetry.Source.StartActivity(model is null ? "embeddings" : "embeddings " + model, ActivityKind.Client, default(ActivityContext), tags)
            : null;
        var start = clock.GetTimestamp();
        try
        {
            var embeddings = await base.GenerateAsync(values, options, cancellationToken).ConfigureAwait(false);
            if (embeddings.Usage?.InputTokenCount is { } tokens)
            {
                span?.SetTag("gen_ai.usage.input_tokens", tokens);
                ModelTelemetry.Tokens.Record(tokens, [.. tags, new("gen_ai.token.type", "input")]);
            }

            return embeddings;
        }
        catch (Exception error)
        {
            var type = ModelTelemetry.ErrorType(error);
            tags.Add("error.type", type);
            span?.SetTag("error.type", type);
            span?.SetStatus(ActivityStatusCode.Error);
            throw;
        }
        finally
        {
            ModelTelemetry.Duration.Record(clock.GetElapsedTime(start).TotalSeconds, tags);
        }
    }

    private TagList Common(EmbeddingGenerationOptions? options) => ModelTelemetry.Tags("embeddings", _metadata?.ProviderName, options?.ModelId ?? _metadata?.DefaultModelId, _metadata?.ProviderUri);
}
