namespace AgentFlow.AI;

/// <summary>What a <see cref="ToolInvoker"/> holds its calls to.</summary>
public sealed class ToolInvokerOptions
{
    /// <summary>No time-out, results of at most 65,536 characters, the system's clock, no messages of exceptions.</summary>
    public static ToolInvokerOptions Default { get; } = new();

    /// <summary>How long one call may take; then it is cancelled, and the model is told. Default: none.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public TimeSpan? Timeout
    {
        get;
        init
        {
            if (value is { } timeout)
            {
                ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(timeout, TimeSpan.Zero, nameof(value));
            }

            field = value;
        }
    }

    /// <summary>How many characters of a result a model is given; what is beyond is cut off, and said to be. Default: 65,536.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 64.</exception>
    public int MaxResultLength
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 64);
            field = value;
        }
    } = 65_536;

    /// <summary>
    /// Whether a model is given the message of an exception that a tool throws. Messages may hold what a model, and whoever reads along, should not see.
    /// Default: false; then the type's name alone is given.
    /// </summary>
    public bool IncludeErrorMessages { get; init; }

    /// <summary>The clock of the time-out. Default: <see cref="TimeProvider.System"/>.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
