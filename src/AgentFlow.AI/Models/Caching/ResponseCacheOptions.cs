namespace AgentFlow.AI;

/// <summary>How long replies are kept, and how many.</summary>
public class ResponseCacheOptions
{
    private readonly TimeSpan _timeToLive = TimeSpan.FromHours(1);
    private readonly int _capacity = 1024;

    /// <summary>How long a reply is used again. Default: 1 h.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is zero or negative.</exception>
    public TimeSpan TimeToLive
    {
        get => _timeToLive;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero);
            _timeToLive = value;
        }
    }

    /// <summary>How many replies are kept; beyond it the one that was not used for longest goes. Default: 1,024.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public int Capacity
    {
        get => _capacity;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            _capacity = value;
        }
    }

    /// <summary>The clock. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
