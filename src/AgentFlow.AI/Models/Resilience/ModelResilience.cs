using System.Net;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;

namespace AgentFlow.AI;

/// <summary>Retries, paces and gives up, whatever is asked of a model.</summary>
internal sealed class ModelResilience : IDisposable
{
    private readonly ModelResilienceOptions _options;
    private readonly ResiliencePipeline _pipeline;
    private readonly RequestPacing? _pacing;
    private readonly SemaphoreSlim? _places;

    public ModelResilience(ModelResilienceOptions options)
    {
        _options = options;
        _pipeline = Build(options);
        _pacing = options.RequestsPerMinute is { } rate ? new(rate, options.RequestBurst, options.TimeProvider) : null;
        _places = options.MaxConcurrency is { } places ? new(places, places) : null;
    }

    /// <summary>Makes a call whose attempts end with their answers.</summary>
    public ValueTask<T> CallAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        return ExecuteAsync(SendAsync, cancellationToken);

        async ValueTask<T> SendAsync(Attempt attempt)
        {
            using (attempt)
            {
                try
                {
                    return await call(attempt.Token).ConfigureAwait(false);
                }
                catch (OperationCanceledException error) when (attempt.Translate(error) is { } translated)
                {
                    throw translated;
                }
            }
        }
    }

    /// <summary>Makes a call that disposes of its attempt itself.</summary>
    public async ValueTask<T> ExecuteAsync<T>(Func<Attempt, ValueTask<T>> call, CancellationToken cancellationToken)
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

    public void Dispose() => _places?.Dispose();

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

    private static TimeSpan? RetryAfterOf(Exception? error, ModelResilienceOptions options) => error is null ? null : (OfficialClient.Translate(error, options.TimeProvider) as ModelException)?.RetryAfter;

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
                ShouldHandle = args => new(args.Outcome.Exception is { } error and not BrokenCircuitException && options.IsTransient(error) && !(RetryAfterOf(error, options) > options.MaxRetryAfter)),
                DelayGenerator = args => new(RetryAfterOf(args.Outcome.Exception, options)),
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
