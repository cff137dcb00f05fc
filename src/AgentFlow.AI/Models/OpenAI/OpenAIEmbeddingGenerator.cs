using Microsoft.Extensions.AI;
using OpenAI.Embeddings;
using EmbeddingGenerationOptions = Microsoft.Extensions.AI.EmbeddingGenerationOptions;
using Wire = OpenAI.Embeddings;

namespace AgentFlow.AI;

/// <summary>
/// An embedding model behind any endpoint that speaks OpenAI's protocol, over the official <c>OpenAI</c> package. Thread-safe; create one for
/// each model and keep it. It throws as <see cref="OpenAIChatClient"/> does.
/// </summary>
public sealed class OpenAIEmbeddingGenerator : IEmbeddingGenerator<string, Embedding<float>>
{
    private readonly OpenAIConnection _connection;
    private readonly EmbeddingClient _client;
    private readonly EmbeddingGeneratorMetadata _metadata;

    /// <summary>Creates a generator.</summary>
    /// <param name="options">The model, and where it is.</param>
    /// <exception cref="ArgumentException">There is no model, or the endpoint is no absolute http or https URL.</exception>
    public OpenAIEmbeddingGenerator(OpenAIModelOptions options)
    {
        _connection = new(options);
#pragma warning disable OPENAI001 // The only way to send no key at all.
        _client = new(options.Model, _connection.Authentication, _connection.Client);
#pragma warning restore OPENAI001
        _metadata = new("openai", _connection.PublicEndpoint, options.Model);
    }

    /// <inheritdoc />
    public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(values);
        cancellationToken.ThrowIfCancellationRequested();
        string[] texts = [.. values];
        if (texts.Length == 0)
        {
            return [];
        }

        if (options?.ModelId is { } model && model != _metadata.DefaultModelId)
        {
            throw new NotSupportedException($"This generator is for the model '{_metadata.DefaultModelId}'; create another for '{model}'.");
        }

        var settings = new Wire.EmbeddingGenerationOptions { Dimensions = options?.Dimensions };
        using var deadline = _connection.StartDeadline(cancellationToken);
        try
        {
            OpenAIEmbeddingCollection answer = await _client.GenerateEmbeddingsAsync(texts, settings, deadline.Token).ConfigureAwait(false);
            return Check(answer, texts.Length);
        }
        catch (Exception error) when (_connection.Errors.Translate(error, deadline, cancellationToken) is { } translated)
        {
            throw translated;
        }
    }

    /// <inheritdoc />
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(EmbeddingGeneratorMetadata) ? _metadata
            : serviceType == typeof(EmbeddingClient) ? _client
            : serviceType.IsInstanceOfType(this) ? this
            : null;
    }

    /// <inheritdoc />
    public void Dispose() => _connection.Dispose();

    private GeneratedEmbeddings<Embedding<float>> Check(OpenAIEmbeddingCollection answer, int asked)
    {
        if (answer.Count != asked)
        {
            throw _connection.Errors.Malformed(new InvalidOperationException($"{asked} texts were sent and {answer.Count} vectors came."));
        }

        return new(answer.OrderBy(static e => e.Index).Select(e => new Embedding<float>(e.ToFloats()) { ModelId = answer.Model ?? _metadata.DefaultModelId }))
        {
            Usage = answer.Usage is { } usage ? new() { InputTokenCount = usage.InputTokenCount, TotalTokenCount = usage.TotalTokenCount } : null,
        };
    }
}
