namespace AgentFlow.AI;

/// <summary>When calls of a model are given up for a while. The values are those of Polly's circuit breaker, which checks them.</summary>
public sealed class ModelCircuitBreakerOptions
{
    /// <summary>The share of calls that must fail, from above 0 to 1. Default: 0.5.</summary>
    public double FailureRatio { get; init; } = 0.5;

    /// <summary>How many calls there must be within the sampling duration before their failures count; at least 2. Default: 10.</summary>
    public int MinimumThroughput { get; init; } = 10;

    /// <summary>Over how long calls are counted; at least 0.5 s. Default: 30 s.</summary>
    public TimeSpan SamplingDuration { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long nothing is sent, until one call tries again; at least 0.5 s. Default: 15 s.</summary>
    public TimeSpan BreakDuration { get; init; } = TimeSpan.FromSeconds(15);
}
