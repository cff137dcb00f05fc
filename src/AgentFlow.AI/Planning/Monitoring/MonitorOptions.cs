namespace AgentFlow.AI;

/// <summary>How a <see cref="PlanMonitor"/> works.</summary>
public sealed record MonitorOptions
{
    private readonly int _maxReplans = 10;
    private readonly int _maxSteps = 1_000;
    private readonly int _failuresPerStep = 2;

    /// <summary>The defaults.</summary>
    public static MonitorOptions Default { get; } = new();

    /// <summary>How often another plan is made at most. Default: 10; 0: never.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public int MaxReplans
    {
        get => _maxReplans;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _maxReplans = value;
        }
    }

    /// <summary>The most steps that are done, failed ones included. Default: 1,000.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public int MaxSteps
    {
        get => _maxSteps;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            _maxSteps = value;
        }
    }

    /// <summary>How often a step may fail before plans have to do without it. Default: 2, so that it is tried once more.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public int FailuresPerStep
    {
        get => _failuresPerStep;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            _failuresPerStep = value;
        }
    }
}
