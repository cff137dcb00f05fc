using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI;

/// <summary>What can be put around a model, one layer each; the last one added is the first one asked.</summary>
public static class ChatClientExtensions
{
    /// <summary>Asks for a value of a type, outside actions; see <see cref="ActionContextModelExtensions.AskAsync{T}"/>.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="model">The model.</param>
    /// <param name="messages">The conversation.</param>
    /// <param name="type">The JSON contract of the type, from a source-generated context.</param>
    /// <param name="options">How the value is asked for.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The value.</returns>
    /// <exception cref="StructuredOutputException">No reply fitted, corrections included.</exception>
    public static ValueTask<T> GetAsync<T>(this IChatClient model, IEnumerable<ChatMessage> messages, JsonTypeInfo<T> type, StructuredOutputOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        return StructuredOutput.GetAsync(AskAsync, messages, type, options);

        // A call without its result, or a result without its call, is refused by endpoints.
        ValueTask<ChatResponse> AskAsync(IReadOnlyList<ChatMessage> sent, ChatOptions settings) =>
            new(model.GetResponseAsync(settings.ConversationId is null ? Pairing.Repair(sent) : sent, settings, cancellationToken));
    }

    /// <summary>Puts prices beside a model, so that its usage counts as cost, too.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prices">The prices.</param>
    /// <returns>The model with prices; it owns the given one.</returns>
    public static IChatClient WithPrices(this IChatClient model, PriceTable prices)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(prices);
        return new PricedChatClient(model, prices);
    }

    /// <summary>
    /// Retries what is transient, paces requests and gives a failing model a rest. A stream is retried until its first content came, and never
    /// afterwards. A call that is given up throws the last error; while the model rests, <see cref="ModelException"/> with status 503.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="options">How; see there for the defaults.</param>
    /// <returns>The model with resilience; it owns the given one.</returns>
    public static IChatClient WithResilience(this IChatClient model, ModelResilienceOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new ResilientChatClient(model, options ?? new());
    }

    /// <summary>
    /// Tells each call as a span and in the metrics <c>gen_ai.client.operation.duration</c> and <c>gen_ai.client.token.usage</c>, by the
    /// OpenTelemetry conventions for generative AI, under the name <see cref="AgentTelemetry.Name"/>. Inside <see cref="WithResilience"/> each
    /// attempt is told, outside each call.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="options">What is told; by default no content.</param>
    /// <returns>The model with telemetry; it owns the given one.</returns>
    public static IChatClient WithTelemetry(this IChatClient model, ModelTelemetryOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new TelemetryChatClient(model, options ?? new());
    }

    /// <summary>
    /// Answers equal requests (messages, options and model) from memory. Replies that broke off are not kept, requests that continue a conversation kept by the
    /// provider are passed on. A reply from the cache says that it used no tokens. Equal requests at the same time are all sent.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="options">How long, and how many.</param>
    /// <returns>The model with a cache; it owns the given one.</returns>
    public static IChatClient WithCache(this IChatClient model, ResponseCacheOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new ExactCachingChatClient(model, options ?? new());
    }

    /// <summary>
    /// Answers questions that are alike from memory: requests of a single user message of text, with equal system messages, options and
    /// model, whose vectors are near enough and
    /// whose words agree. Every word counts, in order, except for what is known to change nothing: case, final punctuation, articles,
    /// openings such as "could you tell me", a few
    /// synonyms. Vectors alone do not tell "cancel order 1042" from "cancel order 1043". Everything else is passed on. Otherwise as
    /// <see cref="WithCache"/>.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="embeddings">What makes the vectors. It is not owned.</param>
    /// <param name="options">How alike, how long, and how many.</param>
    /// <returns>The model with a cache; it owns the given one.</returns>
    public static IChatClient WithSimilarityCache(this IChatClient model, IEmbeddingGenerator<string, Embedding<float>> embeddings, SimilarityCacheOptions options)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(embeddings);
        ArgumentNullException.ThrowIfNull(options);
        return new SimilarityCachingChatClient(model, embeddings, options);
    }
}
