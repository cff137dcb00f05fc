namespace AgentFlow.AI;

/// <summary>How one kind of events is handled.</summary>
public sealed record DurableEventHandlerOptions
{
    private readonly int _attempts = 1;
    private readonly TimeSpan _retryDelay = TimeSpan.FromSeconds(1);
    private readonly TimeSpan? _timeout;

    /// <summary>The defaults.</summary>
    public static DurableEventHandlerOptions Default { get; } = new();

    /// <summary>How often a handler that fails is tried. A crash begins anew. Default: 1; at most 100.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 1 to 100.</exception>
    public int Attempts
    {
        get => _attempts;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 100);
            _attempts = value;
        }
    }

    /// <summary>How long after a failure the second attempt follows; each further pause is twice as long, up to a minute. The lane waits. Default: one second.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative, or longer than a minute.</exception>
    public TimeSpan RetryDelay
    {
        get => _retryDelay;
        init => _retryDelay = value >= TimeSpan.Zero && value <= TimeSpan.FromMinutes(1) ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "It goes from 0 to a minute.");
    }

    /// <summary>How long an attempt may take; beyond that its token is cancelled and it fails with <see cref="TimeoutException"/>. Default: any time.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public TimeSpan? Timeout
    {
        get => _timeout;
        init => _timeout = value is null || value > TimeSpan.Zero ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "It is a positive time.");
    }

    /// <summary>
    /// Whether a crash in the midst of it leaves the event in doubt, instead of having it handled again: its handler runs in a session of its own, under an intent that is recorded first.
    /// It has one attempt. Default: <see langword="false"/>; it is handled again, with the same idempotency key.
    /// </summary>
    public bool IsAtMostOnce { get; init; }
}
