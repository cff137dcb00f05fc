using System.Net;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;

namespace AgentFlow.AI;

/// <summary>Retries, paces and gives up. A stream is only retried until its first content: what somebody has seen is never said again.</summary>
internal sealed class ResilientChatClient : DelegatingChatClient
{
    private readonly ModelResilienceOptions _options;
    private readonly ResiliencePipeline _pipeline;
    private readonly RequestPacing? _pacing;
    private readonly SemaphoreSlim? _places;

    public ResilientChatClient(IChatClient inner, ModelResilienceOptions options)
        : base(inner)
    {
        _options = options;
        _pipeline = Build(options);
        _pacing = options.RequestsPerMinute is { } rate ? new(rate, options.RequestBurst, options.TimeProvider) : null;
        _places = options.MaxConcurrency is { } places ? new(places, places) : null;
    }

    public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ChatMessage[] sent = [.. messages];
        return await ExecuteAsync(SendAsync, cancellationToken).ConfigureAwait(false);

        async ValueTask<ChatResponse> SendAsync(Attempt attempt)
        {
            using (attempt)
            {
                try
                {
                    return await InnerClient.GetResponseAsync(sent, options, attempt.Token).ConfigureAwait(false);
                }
                catch (OperationCanceledException error) when (attempt.Translate(error) is { } translated)
                {
                    throw translated;
                }
            }
        }
    }

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ChatMessage[] sent = [.. messages];
        var stream = await ExecuteAsync(attempt => StartedStream.StartAsync(token => InnerClient.GetStreamingResponseAsync(sent, options, token), attempt), cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            while (await stream.NextAsync().ConfigureAwait(false) is { } update)
            {
                yield return update;
            }
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _places?.Dispose();
        }

        base.Dispose(disposing);
    }

    private async ValueTask<T> ExecuteAsync<T>(Func<Attempt, ValueTask<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await _pipeline.ExecuteAsync(
                static async (state, token) => await state.call(await state.self.EnterAsync(token).ConfigureAwait(false)).ConfigureAwait(false),
                (self: this, call),
                cancellationToken).ConfigureAwait(false);
        }
        catch (BrokenCircuitException error)
        {
            throw new ModelException("The model is not asked for a while: most of the last calls failed.", HttpStatusCode.ServiceUnavailable, error.RetryAfter, innerException: error);
        }
    }

    private async ValueTask<Attempt> EnterAsync(CancellationToken cancellationToken)
    {
        if (_pacing is not null)
        {
            await _pacing.WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        if (_places is not null)
        {
            await _places.WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        return new(_options, _places, cancellationToken);
    }

    private static ResiliencePipeline Build(ModelResilienceOptions options)
    {
        var builder = new ResiliencePipelineBuilder { TimeProvider = options.TimeProvider };
        if (options.MaxAttempts > 1)
        {
            builder.AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = options.MaxAttempts - 1,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = options.Delay,
                MaxDelay = options.MaxDelay,
                ShouldHandle = args => new(args.Outcome.Exception is { } error and not BrokenCircuitException && options.IsTransient(error) && !((error as ModelException)?.RetryAfter > options.MaxRetryAfter)),
                DelayGenerator = static args => new((args.Outcome.Exception as ModelException)?.RetryAfter),
            });
        }

        if (options.CircuitBreaker is { } breaker)
        {
            builder.AddCircuitBreaker(new CircuitBreakerStrategyOptions
            {
                FailureRatio = breaker.FailureRatio,
                MinimumThroughput = breaker.MinimumThroughput,
                SamplingDuration = breaker.SamplingDuration,
                BreakDuration = breaker.BreakDuration,
                ShouldHandle = args => new(args.Outcome.Exception is { } error && options.IsTransient(error)),
            });
        }

        return builder.Build();
    }
}
