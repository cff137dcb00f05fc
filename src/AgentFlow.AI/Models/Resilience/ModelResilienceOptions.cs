namespace AgentFlow.AI;

/// <summary>How calls of a model are retried, paced and given up.</summary>
public sealed class ModelResilienceOptions
{
    private readonly int _maxAttempts = 4;
    private readonly TimeSpan _delay = TimeSpan.FromSeconds(1);
    private readonly TimeSpan _maxDelay = TimeSpan.FromSeconds(30);
    private readonly TimeSpan _maxRetryAfter = TimeSpan.FromMinutes(2);
    private readonly TimeSpan? _attemptTimeout;
    private readonly int? _requestsPerMinute;
    private readonly int _requestBurst = 1;
    private readonly int? _maxConcurrency;

    /// <summary>How often a request is sent at most. Default: 4. 1: it is never retried.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public int MaxAttempts
    {
        get => _maxAttempts;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            _maxAttempts = value;
        }
    }

    /// <summary>The first delay; later ones double, each with jitter. An endpoint's <c>Retry-After</c> takes its place. Default: 1 s.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or longer than a day.</exception>
    public TimeSpan Delay
    {
        get => _delay;
        init => _delay = NotNegative(value);
    }

    /// <summary>The longest delay of our own. Default: 30 s.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or longer than a day.</exception>
    public TimeSpan MaxDelay
    {
        get => _maxDelay;
        init => _maxDelay = NotNegative(value);
    }

    /// <summary>The longest <c>Retry-After</c> that is waited for; when an endpoint asks for more, the call fails at once. Default: 2 min.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or longer than a day.</exception>
    public TimeSpan MaxRetryAfter
    {
        get => _maxRetryAfter;
        init => _maxRetryAfter = NotNegative(value);
    }

    /// <summary>How long one attempt may take; of a stream, until its first content. Default: as long as the client allows.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is zero or negative.</exception>
    public TimeSpan? AttemptTimeout
    {
        get => _attemptTimeout;
        init => _attemptTimeout = value is null || value > TimeSpan.Zero ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A time-out is positive.");
    }

    /// <summary>How many requests, attempts included, are sent in a minute; others wait their turn. Default: no limit.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public int? RequestsPerMinute
    {
        get => _requestsPerMinute;
        init => _requestsPerMinute = value is null or > 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A rate is positive.");
    }

    /// <summary>How many requests may be sent at once when none was sent for a while. Only with <see cref="RequestsPerMinute"/>. Default: 1; they are spaced evenly.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public int RequestBurst
    {
        get => _requestBurst;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            _requestBurst = value;
        }
    }

    /// <summary>How many requests are under way at a time; others wait. A stream is under way until it ends. Default: no limit.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public int? MaxConcurrency
    {
        get => _maxConcurrency;
        init => _maxConcurrency = value is null or > 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A number of requests is positive.");
    }

    /// <summary>When calls are given up for a while, because most fail. Default: see <see cref="ModelCircuitBreakerOptions"/>. <see langword="null"/>: never.</summary>
    public ModelCircuitBreakerOptions? CircuitBreaker { get; init; } = new();

    /// <summary>Whether trying again may help. Default: <see cref="ModelException.IsTransient"/>, the same for what the official client throws, or for other exceptions <see cref="TransientErrors.IsTransient(Exception)"/>.</summary>
    public Func<Exception, bool> IsTransient { get; init; } = static error => OfficialClient.Translate(error) is ModelException model ? model.IsTransient : TransientErrors.IsTransient(error);

    /// <summary>The clock of delays, rates and breaks. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    private static TimeSpan NotNegative(TimeSpan value) =>
        value >= TimeSpan.Zero && value <= TimeSpan.FromDays(1) ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A delay goes from zero to a day.");
}
