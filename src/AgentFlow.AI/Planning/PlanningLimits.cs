namespace AgentFlow.AI;

/// <summary>How far a planner goes. Planning is exponential at worst: a planner without a limit is one that may not come back.</summary>
public sealed record PlanningLimits
{
    private readonly int _maxNodes = 200_000;
    private readonly int _maxDepth = 1_000;
    private readonly int _maxGroundSteps = 50_000;
    private readonly TimeSpan _timeout = TimeSpan.FromSeconds(30);

    /// <summary>The defaults.</summary>
    public static PlanningLimits Default { get; } = new();

    /// <summary>The most states, or states of a decomposition, that are looked at. Default: 200,000.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public int MaxNodes
    {
        get => _maxNodes;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            _maxNodes = value;
        }
    }

    /// <summary>The most steps of a plan, and with methods, of steps and decompositions together. Default: 1,000.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public int MaxDepth
    {
        get => _maxDepth;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            _maxDepth = value;
        }
    }

    /// <summary>
    /// The most steps that operators and objects may make together, and conditional effects of such steps. Only those count that could be
    /// done if nothing were ever deleted, not the combinations
    /// of objects that are ruled out. Default: 50,000.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public int MaxGroundSteps
    {
        get => _maxGroundSteps;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            _maxGroundSteps = value;
        }
    }

    /// <summary>How long planning may take. Default: 30 s.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public TimeSpan Timeout
    {
        get => _timeout;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero);
            _timeout = value;
        }
    }

    /// <summary>The clock. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
