namespace AgentFlow.AI;

/// <summary>A goal in a stack. Guarded by the stack's gate.</summary>
internal sealed class GoalEntry(Goal goal, long sequence)
{
    public Goal Goal { get; } = goal;

    /// <summary>Rises with each goal that is pushed.</summary>
    public long Sequence { get; } = sequence;

    public GoalState State { get; private set; }

    public GoalEnd End { get; private set; }

    public string? Reason { get; private set; }

    public int Passes { get; set; }

    public int Preemptions { get; private set; }

    /// <summary>Goals that have to have ended, in whatever way, before work begins: how conflicts are resolved.</summary>
    public List<GoalEntry> After { get; } = [];

    /// <summary>What it holds. Empty unless it is under way.</summary>
    public Dictionary<string, int> Holds { get; } = new(StringComparer.Ordinal);

    /// <summary>Goals that have to be reached before it goes on: while it is pending its dependencies, while it waits what it waits for.</summary>
    public IReadOnlyList<string> Awaits { get; private set; } = goal.DependsOn;

    /// <summary>The resources that it takes when it starts or goes on.</summary>
    public IReadOnlyDictionary<string, int> Needs { get; private set; } = goal.Resources;

    public bool IsUnderWay => State is GoalState.Active or GoalState.Waiting;

    public bool HasEnded => State is GoalState.Completed or GoalState.Failed or GoalState.Cancelled;

    /// <summary>Its priority, and what it has gained by waiting.</summary>
    public int OwnRank(GoalStackOptions options) => Goal.Priority + (Passes / options.PassesPerRank);

    public void Start()
    {
        Move(GoalState.Active, GoalState.Pending, GoalState.Waiting);
        foreach (var (resource, units) in Needs)
        {
            Holds[resource] = Holds.GetValueOrDefault(resource) + units;
        }
    }

    public void Wait(IReadOnlyList<string> goals, IReadOnlyDictionary<string, int> resources)
    {
        Move(GoalState.Waiting, GoalState.Active);
        (Awaits, Needs) = (goals, resources);
    }

    /// <summary>Makes its work void.</summary>
    public void Preempt()
    {
        Move(GoalState.Pending, GoalState.Waiting);
        Preemptions++;
        Holds.Clear();
        (Awaits, Needs) = (Goal.DependsOn, Goal.Resources);
    }

    public void Finish(GoalState state, GoalEnd end, string? reason)
    {
        if (state == GoalState.Completed)
        {
            Move(state, GoalState.Active);
        }
        else
        {
            Move(state, GoalState.Pending, GoalState.Active, GoalState.Waiting);
        }

        (End, Reason) = (end, reason);
        Holds.Clear();
        After.Clear();
    }

    public GoalSnapshot Capture() => GoalSnapshot.Of(Goal) with
    {
        State = State,
        End = End,
        Reason = Reason,
        Passes = Passes,
        Preemptions = Preemptions,
        Holds = new(Holds),
        Awaits = [.. Awaits],
        Needs = new(Needs),
        After = [.. After.Where(static other => !other.HasEnded).Select(static other => other.Goal.Name)],
    };

    /// <summary>Puts it where it stood. <see cref="After"/> is left to the caller, who knows the others.</summary>
    public void Restore(GoalSnapshot snapshot)
    {
        (State, End, Reason, Passes, Preemptions) = (snapshot.State, snapshot.End, snapshot.Reason, snapshot.Passes, snapshot.Preemptions);
        (Awaits, Needs) = (snapshot.Awaits, snapshot.Needs);
        foreach (var (resource, units) in snapshot.Holds)
        {
            Holds[resource] = units;
        }
    }

    private void Move(GoalState to, params ReadOnlySpan<GoalState> from)
    {
        if (!from.Contains(State))
        {
            throw new GoalTransitionException(Goal, State, to);
        }

        State = to;
    }
}
