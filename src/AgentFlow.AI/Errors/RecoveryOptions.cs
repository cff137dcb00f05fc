namespace AgentFlow.AI;

/// <summary>What is done about errors of each class.</summary>
/// <typeparam name="TInput">What the work is done with.</typeparam>
/// <typeparam name="TResult">What comes of it.</typeparam>
public sealed record RecoveryOptions<TInput, TResult>
{
    private readonly int _maxAttempts = 3;
    private readonly int _maxFixes = 2;
    private readonly TimeSpan _delay = TimeSpan.FromSeconds(1);
    private readonly TimeSpan _maxDelay = TimeSpan.FromSeconds(30);

    /// <summary>Says what can be done about an error. Default: <see cref="ErrorClassifier.Default"/>.</summary>
    public ErrorClassifier Classifier { get; init; } = ErrorClassifier.Default;

    /// <summary>For <see cref="ErrorClass.Retriable"/>: how often the same input is tried in all. Default: 3; 1: once.</summary>
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

    /// <summary>The delay before the second attempt. Default: 1 s.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public TimeSpan Delay
    {
        get => _delay;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero);
            _delay = value;
        }
    }

    /// <summary>The longest delay. A model that asks to be left alone for longer (<see cref="ModelException.RetryAfter"/>) is not tried again. Default: 30 s.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public TimeSpan MaxDelay
    {
        get => _maxDelay;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero);
            _maxDelay = value;
        }
    }

    /// <summary>How the delay grows. Default: <see cref="BackoffKind.Exponential"/>.</summary>
    public BackoffKind Backoff { get; init; } = BackoffKind.Exponential;

    /// <summary>Spreads each delay at random over its upper half. Default: <see langword="true"/>.</summary>
    public bool Jitter { get; init; } = true;

    /// <summary>For <see cref="ErrorClass.Fixable"/>: makes another input of the one that failed and the error, as a model does that is shown its mistake. Default: there is none.</summary>
    public Func<TInput, Exception, CancellationToken, ValueTask<TInput>>? Fix { get; init; }

    /// <summary>How often the input is fixed at most. Default: 2.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public int MaxFixes
    {
        get => _maxFixes;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _maxFixes = value;
        }
    }

    /// <summary>For <see cref="ErrorClass.Fallback"/>, and when trying again and fixing have come to nothing: something else instead, from the last input and its error. Default: there is none.</summary>
    public Func<TInput, Exception, CancellationToken, ValueTask<TResult>>? Fallback { get; init; }

    /// <summary>The clock. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>The source of jitter. Default: the shared one.</summary>
    public Random Random { get; init; } = Random.Shared;
}
