namespace AgentFlow.AI;

/// <summary>How a <see cref="PlanAndExecuteAgent"/> works.</summary>
public sealed class PlanAndExecuteOptions : PatternOptions
{
    private readonly int _maxPlans = 3;
    private readonly int _maxCorrections = 3;

    /// <summary>The defaults.</summary>
    public static PlanAndExecuteOptions Default { get; } = new();

    /// <summary>What the planner is told, before the description of plans and the catalog.</summary>
    public string Instructions { get; init; } = "Make a plan that does the task. Actions that do not need each other run in parallel: say only what depends on what.";

    /// <summary>How many plans are tried at most: the first, and those that mend it. Default: 3; at most 20.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 1 to 20.</exception>
    public int MaxPlans
    {
        get => _maxPlans;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, PlanAndExecuteAgent.PlanLimit);
            _maxPlans = value;
        }
    }

    /// <summary>How often a plan that cannot be run goes back to the planner with what is wrong. Default: 3.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public int MaxCorrections
    {
        get => _maxCorrections;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _maxCorrections = value;
        }
    }

    /// <summary>How large plans may be. Default: <see cref="PlanLimits.Default"/>.</summary>
    public PlanLimits Limits { get; init; } = PlanLimits.Default;

    /// <summary>Plans that have worked, by task. Default: none are kept.</summary>
    public PlanCache? Cache { get; init; }
}
