using Microsoft.Extensions.AI;

namespace AgentFlow.AI;

/// <summary>What a <see cref="ReactiveAgent"/> does with requests.</summary>
public sealed class ReactiveOptions
{
    private readonly ReactiveHandler[] _handlers = [];
    private readonly int _maxLength = 4_000;
    private readonly double _minConfidence = 0.7;
    private readonly TimeSpan? _timeout;

    /// <summary>Answers requests of known classes; of classes that come out equal, the earlier is meant. Default: none.</summary>
    /// <exception cref="ArgumentException">Two have one name.</exception>
    public IReadOnlyList<ReactiveHandler> Handlers
    {
        get => _handlers;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            _handlers = [.. value];
            if (_handlers.GroupBy(static handler => handler.Name, StringComparer.Ordinal).FirstOrDefault(static group => group.Count() > 1) is { } twice)
            {
                throw new ArgumentException($"There are two handlers '{twice.Key}'.", nameof(value));
            }
        }
    }

    /// <summary>Answers all else: requests of no class, or of none that is sure enough. It may ask back: the candidates are in the request.</summary>
    public required Func<ReactiveRequest, ActionContext, CancellationToken, ValueTask<string>> Default { get; init; }

    /// <summary>
    /// Says what a request is about. Default: by <see cref="ReactiveHandler.Keywords"/>; of the keywords that are found, the share that is the class's says how sure it is.
    /// One of one's own may ask a model by the context, which is that of the action <c>Classify</c>.
    /// </summary>
    public Func<string, ActionContext, CancellationToken, ValueTask<RequestClassification>>? Classifier { get; init; }

    /// <summary>How sure a class has to be, from 0 to 1. Default: 0.7.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 0 to 1.</exception>
    public double MinConfidence
    {
        get => _minConfidence;
        init => _minConfidence = value is >= 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "It goes from 0 to 1.");
    }

    /// <summary>
    /// How long the classifier may take, and then whoever answers; beyond that the token is cancelled. Then the class is unknown, or the handler has failed with <see cref="TimeoutException"/>.
    /// Default: any time.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public TimeSpan? Timeout
    {
        get => _timeout;
        init => _timeout = value is null || value > TimeSpan.Zero ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "It is a positive time.");
    }

    /// <summary>The longest request, in characters. Default: 4,000.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public int MaxLength
    {
        get => _maxLength;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            _maxLength = value;
        }
    }

    /// <summary>What is answered to an empty request.</summary>
    public string EmptyReply { get; init; } = "The request is empty. Say what you need.";

    /// <summary>What is answered to a request that is too long.</summary>
    public string TooLongReply { get; init; } = "The request is too long. Say it in fewer words.";

    /// <summary>
    /// How replies of cacheable handlers are kept. <see langword="null"/>: they are not. Requests are alike if their words agree, where
    /// case, final punctuation, articles and
    /// courtesies do not count; with <see cref="SimilarityCacheOptions"/> and <see cref="Embeddings"/>, if their vectors are near as well.
    /// Default: up to 1,024 for an hour, by their words.
    /// </summary>
    public ResponseCacheOptions? Cache { get; init; } = new();

    /// <summary>
    /// Makes the vectors that <see cref="SimilarityCacheOptions.Threshold"/> compares; they count only if <see cref="Cache"/> has one.
    /// Default: none.
    /// </summary>
    public IEmbeddingGenerator<string, Embedding<float>>? Embeddings { get; init; }

    /// <summary>When a handler that fails is left alone for a while; each handler has a circuit of its own. <see langword="null"/>: never. Default: see <see cref="ModelCircuitBreakerOptions"/>.</summary>
    public ModelCircuitBreakerOptions? CircuitBreaker { get; init; } = new();

    /// <summary>Answers when a handler has failed or is left alone (<c>Polly.CircuitBreaker.BrokenCircuitException</c>). Default: none; the run fails.</summary>
    public Func<ReactiveRequest, Exception, ActionContext, CancellationToken, ValueTask<string>>? Fallback { get; init; }

    /// <summary>The clock of the circuits. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
