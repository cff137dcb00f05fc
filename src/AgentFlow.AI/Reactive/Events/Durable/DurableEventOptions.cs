namespace AgentFlow.AI;

/// <summary>How a <see cref="DurableEventAgent"/> works.</summary>
public sealed record DurableEventOptions
{
    private readonly int _lanes = 4;
    private readonly int _eventsPerSession = 1_000;

    /// <summary>The defaults.</summary>
    public static DurableEventOptions Default { get; } = new();

    /// <summary>
    /// How many events are handled at once. Those of one key share a lane, one after the other. The number is part of where events are kept: it may change only while none waits. Default: 4; at
    /// most 256.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 1 to 256.</exception>
    public int Lanes
    {
        get => _lanes;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 256);
            _lanes = value;
        }
    }

    /// <summary>
    /// How many events each publishing process puts into a session of a lane, and how many the session handles, before a successor is opened. As many ids of a lane are remembered at least, across
    /// its sessions. Default: 1,000; at most 5,000.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 1 to 5,000.</exception>
    public int EventsPerSession
    {
        get => _eventsPerSession;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 5_000);
            _eventsPerSession = value;
        }
    }
}
