namespace AgentFlow.AI;

/// <summary>What is left of the limits while a planner works.</summary>
internal sealed class PlanningBudget(PlanningLimits limits, CancellationToken cancellationToken)
{
    private readonly long _start = limits.TimeProvider.GetTimestamp();
    private int _ticks;
    private bool _isOver;

    public PlanningLimits Limits => limits;

    /// <summary>Nodes that were looked at.</summary>
    public int Nodes { get; private set; }

    /// <summary>The limit that was reached, if one was.</summary>
    public PlanningLimit Reached { get; private set; }

    /// <summary>Counts a node.</summary>
    /// <returns>Whether it may be looked at.</returns>
    public bool TryTakeNode()
    {
        if (Nodes >= limits.MaxNodes)
        {
            return Stop(PlanningLimit.Nodes);
        }

        Nodes++;
        return IsInTime();
    }

    /// <summary>Looks at the clock now and then.</summary>
    public bool IsInTime()
    {
        if (_isOver || (_ticks++ & 15) != 0)
        {
            return !_isOver;
        }

        cancellationToken.ThrowIfCancellationRequested();
        _isOver = limits.TimeProvider.GetElapsedTime(_start) >= limits.Timeout;
        return !_isOver || Stop(PlanningLimit.Time);
    }

    /// <summary>Notes a limit.</summary>
    /// <returns>Always false.</returns>
    public bool Stop(PlanningLimit limit)
    {
        Reached = Reached == PlanningLimit.None ? limit : Reached;
        return false;
    }

    /// <summary>There is no plan, or none was found.</summary>
    public PlanningResult NoPlan() => Reached == PlanningLimit.None ? PlanningResult.Exhausted(Nodes) : PlanningResult.Reached(Reached, Nodes);
}
