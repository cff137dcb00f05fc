namespace AgentFlow.AI;

/// <summary>How an <see cref="EventDrivenAgent"/> works.</summary>
public sealed record EventDrivenOptions
{
    private readonly int _lanes = 4;
    private readonly int _capacity = 256;
    private readonly TimeSpan? _timeout;

    /// <summary>The defaults.</summary>
    public static EventDrivenOptions Default { get; } = new();

    /// <summary>How many events are handled at once. Those of one key share a lane, one after the other. Default: 4.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public int Lanes
    {
        get => _lanes;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            _lanes = value;
        }
    }

    /// <summary>How many events wait in a lane; beyond that, publishers wait. Default: 256.</summary>
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

    /// <summary>How long a handler may take; beyond that its token is cancelled and it fails with <see cref="TimeoutException"/>. Default: any time.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public TimeSpan? HandlerTimeout
    {
        get => _timeout;
        init => _timeout = value is null || value > TimeSpan.Zero ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "It is a positive time.");
    }

    /// <summary>
    /// Is told what came of each event, responses and errors, in the event's lane: the next one waits until it is done. If it throws, the agent ends, and <see cref="EventDrivenAgent.Completion"/>
    /// fails. Default: nobody is.
    /// </summary>
    public Func<EventOutcome, CancellationToken, ValueTask>? Emit { get; init; }

    /// <summary>The clock. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
