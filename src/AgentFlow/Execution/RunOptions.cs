namespace AgentFlow;

/// <summary>What surrounds a run: services, clock, limits of observation. Immutable; one instance can serve any number of runs.</summary>
public sealed class RunOptions
{
    private readonly int _eventCapacity = 256;

    /// <summary>No services, the system's clock.</summary>
    public static RunOptions Default { get; } = new();

    /// <summary>Where parameters with <see cref="ServiceAttribute"/> come from. Default: none.</summary>
    public IServiceProvider? Services { get; init; }

    /// <summary>The clock of delays, time-outs, caches and events. Default: <see cref="TimeProvider.System"/>.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>How many events a stream holds for a slow reader before the run starts nothing new. Default: 256.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public int EventCapacity
    {
        get => _eventCapacity;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            _eventCapacity = value;
        }
    }

    /// <summary>The action whose child the run is, if it is one.</summary>
    internal ActionContext Parent { get; private init; }

    /// <summary>The same for a child of an action.</summary>
    internal RunOptions For(ActionContext parent) => new() { Services = Services, TimeProvider = TimeProvider, EventCapacity = EventCapacity, Parent = parent };
}
