namespace AgentFlow;

/// <summary>How large a plan may be. Plans are untrusted input: models write them.</summary>
public sealed record PlanLimits
{
    /// <summary>The defaults.</summary>
    public static PlanLimits Default { get; } = new();

    /// <summary>The most bytes of JSON. Default: 262,144.</summary>
    public int MaxBytes { get; init; } = 256 << 10;

    /// <summary>The deepest nesting of JSON. Default: 32.</summary>
    public int MaxDepth { get; init; } = 32;

    /// <summary>The most actions. Default: 200.</summary>
    public int MaxActions { get; init; } = 200;

    /// <summary>The most attempts of an action that a plan may ask for. Default: 10.</summary>
    public int MaxAttempts { get; init; } = 10;

    /// <summary>The longest time-out or delay that a plan may ask for. Default: a day.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public TimeSpan MaxDuration
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero);
            field = value;
        }
    } = TimeSpan.FromDays(1);

    /// <summary>The most actions, or elements of a for-each, under way at once that a plan may ask for. Default: 64.</summary>
    public int MaxParallel { get; init; } = 64;

    /// <summary>The most elements that a for-each takes; more of them fail the action. Default: 1,000.</summary>
    public int MaxItems { get; init; } = 1_000;

    /// <summary>The longest text that a reference within a text may be made into, in characters. Default: 1,048,576.</summary>
    public int MaxText { get; init; } = 1 << 20;

    /// <summary>The largest parameters of a call, with what their references stand for, in bytes; larger ones fail the action. Default: 4,194,304.</summary>
    public int MaxValueBytes { get; init; } = 4 << 20;

    /// <summary>How many bytes the outputs of one run may have together; the action that goes beyond fails. Default: 67,108,864.</summary>
    public long MaxOutputBytes { get; init; } = 64 << 20;
}
