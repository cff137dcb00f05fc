namespace AgentFlow.AI;

/// <summary>How a <see cref="PlanningAgent"/> works.</summary>
public sealed class PlanningAgentOptions : PatternOptions
{
    private readonly int _maxReplans = 10;
    private readonly int _maxSteps = 200;
    private readonly int _failuresPerStep = 2;

    /// <summary>The defaults.</summary>
    public static PlanningAgentOptions Default { get; } = new();

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

    /// <summary>The most steps that are done, failed ones included. Default: 200; at most 1,000.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 1 to 1,000.</exception>
    public int MaxSteps
    {
        get => _maxSteps;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, PlanningAgent.StepLimit);
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
