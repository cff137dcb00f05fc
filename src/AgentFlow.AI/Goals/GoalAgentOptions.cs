namespace AgentFlow.AI;

/// <summary>How a <see cref="GoalAgent"/> works.</summary>
public sealed class GoalAgentOptions : PatternOptions
{
    private readonly int _maxParallel = 4;
    private readonly int _maxRounds = 100;

    /// <summary>The defaults.</summary>
    public static GoalAgentOptions Default { get; } = new();

    /// <summary>How many goals are worked on at once. Default: 4; at most 8.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 1 to 8.</exception>
    public int MaxParallel
    {
        get => _maxParallel;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, GoalAgent.ParallelLimit);
            _maxParallel = value;
        }
    }

    /// <summary>How many rounds there are at most. In each, all goals are worked on that can be at once. Default: 100; at most 10,000.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 1 to 10,000.</exception>
    public int MaxRounds
    {
        get => _maxRounds;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, GoalAgent.RoundLimit);
            _maxRounds = value;
        }
    }

    /// <summary>How the stack works. Its clock is that of the run.</summary>
    public GoalStackOptions Stack { get; init; } = GoalStackOptions.Default;
}
