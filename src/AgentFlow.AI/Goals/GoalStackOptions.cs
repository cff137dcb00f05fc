namespace AgentFlow.AI;

/// <summary>How a <see cref="GoalStack"/> works.</summary>
public sealed record GoalStackOptions
{
    private readonly int _passesPerRank = 5;
    private readonly int _urgentPriority = 8;
    private readonly int _maxPreemptions = 3;
    private readonly int _maxGoals = 1_000;

    /// <summary>The defaults.</summary>
    public static GoalStackOptions Default { get; } = new();

    /// <summary>
    /// How often others are started before a goal whose dependencies are reached counts for one more than its priority. There is no upper end, so that every goal comes to its turn in the end. Default: 5.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public int PassesPerRank
    {
        get => _passesPerRank;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            _passesPerRank = value;
        }
    }

    /// <summary>From which priority on goals are urgent, from 0 to 10. Default: 8.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 0 to 10.</exception>
    public int UrgentPriority
    {
        get => _urgentPriority;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 10);
            _urgentPriority = value;
        }
    }

    /// <summary>How often the work for a goal may be made void to resolve deadlocks before the goal fails. Default: 3; 0: it fails at the first.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public int MaxPreemptions
    {
        get => _maxPreemptions;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _maxPreemptions = value;
        }
    }

    /// <summary>The most goals that have not ended; and of those that have, the most that are remembered. Default: 1,000.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public int MaxGoals
    {
        get => _maxGoals;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            _maxGoals = value;
        }
    }

    /// <summary>The clock. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
