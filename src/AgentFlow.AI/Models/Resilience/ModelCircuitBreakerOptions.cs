namespace AgentFlow.AI;

/// <summary>When calls of a model are given up for a while. The bounds are those of Polly's circuit breaker.</summary>
public sealed class ModelCircuitBreakerOptions
{
    private static readonly TimeSpan s_shortest = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(1);

    /// <summary>The share of calls that must fail, from above 0 to 1. Default: 0.5.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not such a share.</exception>
    public double FailureRatio
    {
        get;
        init => field = value is > 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A ratio is above 0, and at most 1.");
    } = 0.5;

    /// <summary>How many calls there must be within the sampling duration before their failures count; at least 2. Default: 10.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 2.</exception>
    public int MinimumThroughput
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 2);
            field = value;
        }
    } = 10;

    /// <summary>Over how long calls are counted. Default: 30 s.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is shorter than 0.5 s, or longer than a day.</exception>
    public TimeSpan SamplingDuration
    {
        get;
        init => field = Checked(value);
    } = TimeSpan.FromSeconds(30);

    /// <summary>How long nothing is sent, until one call tries again. Default: 15 s.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is shorter than 0.5 s, or longer than a day.</exception>
    public TimeSpan BreakDuration
    {
        get;
        init => field = Checked(value);
    } = TimeSpan.FromSeconds(15);

    private static TimeSpan Checked(TimeSpan value) =>
        value >= s_shortest && value <= s_longest ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "It goes from half a second to a day.");
}
