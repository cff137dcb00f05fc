namespace AgentFlow;

/// <summary>What surrounds a run: services, clock, limits of observation. Immutable; one instance can serve any number of runs.</summary>
public sealed class RunOptions
{
    private readonly int _eventCapacity = 256;
    private readonly int _maxChildDepth = 100;

    /// <summary>No services, the system's clock.</summary>
    public static RunOptions Default { get; } = new();

    /// <summary>
    /// Where parameters with <see cref="ServiceAttribute"/> come from. If it makes scopes, as those of
    /// <c>Microsoft.Extensions.DependencyInjection</c> do, each run that asks for a service
    /// opens one and disposes it when it ends or rests; if it makes none, services come from it as it is. Default: none.
    /// </summary>
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

    /// <summary>
    /// How many runs may be one inside the other, each the child of an action of the one before. One more is refused with a <see cref="ChildDepthExceededException"/>. In sessions that of
    /// <see cref="AgentRuntimeOptions.Run"/> counts. Default: 100.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public int MaxChildDepth
    {
        get => _maxChildDepth;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _maxChildDepth = value;
        }
    }

    /// <summary>
    /// Says how long an exception asks to wait before the next attempt, for clients that <see cref="TransientErrors.RetryAfterOf"/> does
    /// not know; <see langword="null"/> if it does not say.
    /// <see cref="RetryAttribute"/> waits as long, or as its own delay if that is longer. Default: none.
    /// </summary>
    public Func<Exception, TimeSpan?>? RetryAfter { get; init; }

    /// <summary>
    /// The longest wait that an exception may ask for; of one that asks for more there is no further attempt. Default: 2 minutes.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative, or more than 49 days.</exception>
    public TimeSpan MaxRetryAfter
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, TimeSpan.FromDays(49));
            field = value;
        }
    } = TimeSpan.FromMinutes(2);

    /// <summary>The action whose child the run is, if it is one.</summary>
    internal ActionContext Parent { get; private init; }

    /// <summary>How many runs there are above this one.</summary>
    internal int Depth { get; private init; }

    /// <summary>Told what has failed in a run, before it ends; not called if nothing has. Not that of children.</summary>
    internal Action<IReadOnlyList<ActionFailedException>>? FailuresTold { get; private set; }

    /// <summary>The same, with somebody to tell of failures.</summary>
    internal RunOptions TellingFailures(Action<IReadOnlyList<ActionFailedException>> told)
    {
        var telling = (RunOptions)MemberwiseClone();
        telling.FailuresTold = told;
        return telling;
    }

    /// <summary>The same for a child of an action.</summary>
    /// <exception cref="ChildDepthExceededException">It would be too deep.</exception>
    internal RunOptions For(ActionContext parent)
    {
        var depth = parent.Depth;
        CheckDepth(depth, parent.Action);
        return new() { Services = Services, TimeProvider = TimeProvider, EventCapacity = EventCapacity, MaxChildDepth = MaxChildDepth, RetryAfter = RetryAfter, MaxRetryAfter = MaxRetryAfter, Parent = parent, Depth = depth + 1 };
    }

    /// <summary>How long an exception asks to wait.</summary>
    internal TimeSpan AskedToWait(Exception error) => RetryAfter?.Invoke(error) ?? TransientErrors.RetryAfterOf(error, TimeProvider) ?? TimeSpan.Zero;

    /// <summary>Refuses a child of a run that is as deep as can be.</summary>
    internal void CheckDepth(int depth, string action)
    {
        if (depth >= MaxChildDepth)
        {
            throw new ChildDepthExceededException(action, MaxChildDepth);
        }
    }
}
