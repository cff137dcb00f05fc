namespace AgentFlow.AI;

/// <summary>A goal and where it stands, as plain data: what sessions record.</summary>
/// <param name="Name">Its name.</param>
/// <param name="State">Where it stands.</param>
/// <param name="End">Why it has ended, if it has.</param>
/// <param name="Reason">The same in words.</param>
public sealed record GoalSnapshot(string Name, GoalState State = GoalState.Pending, GoalEnd End = GoalEnd.None, string? Reason = null)
{
    /// <summary><see cref="Goal.Description"/>.</summary>
    public string? Description { get; init; }

    /// <summary><see cref="Goal.Priority"/>.</summary>
    public int Priority { get; init; } = 5;

    /// <summary><see cref="Goal.DependsOn"/>.</summary>
    public string[] DependsOn { get; init; } = [];

    /// <summary><see cref="Goal.Resources"/>.</summary>
    public Dictionary<string, int> Resources { get; init; } = [];

    /// <summary><see cref="Goal.NotBefore"/>.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary><see cref="Goal.Deadline"/>.</summary>
    public DateTimeOffset? Deadline { get; init; }

    /// <summary><see cref="Goal.Duration"/>.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary><see cref="Goal.Achieves"/>.</summary>
    public string[] Achieves { get; init; } = [];

    /// <summary><see cref="Goal.Prevents"/>.</summary>
    public string[] Prevents { get; init; } = [];

    /// <summary><see cref="GoalStatus.Passes"/>.</summary>
    public int Passes { get; init; }

    /// <summary><see cref="GoalStatus.Preemptions"/>.</summary>
    public int Preemptions { get; init; }

    /// <summary><see cref="GoalStatus.Holds"/>.</summary>
    public Dictionary<string, int> Holds { get; init; } = [];

    /// <summary>The goals, by name, that have to be reached before it goes on.</summary>
    public string[] Awaits { get; init; } = [];

    /// <summary>The resources that it takes when it starts or goes on.</summary>
    public Dictionary<string, int> Needs { get; init; } = [];

    /// <summary>The goals, by name, that have to have ended before it begins: how conflicts are resolved.</summary>
    public string[] After { get; init; } = [];

    internal static GoalSnapshot Of(Goal goal) => new(goal.Name)
    {
        Description = goal.Description,
        Priority = goal.Priority,
        DependsOn = [.. goal.DependsOn],
        Resources = new(goal.Resources),
        NotBefore = goal.NotBefore,
        Deadline = goal.Deadline,
        Duration = goal.Duration,
        Achieves = [.. goal.Achieves],
        Prevents = [.. goal.Prevents],
        Awaits = [.. goal.DependsOn],
        Needs = new(goal.Resources),
    };

    /// <summary>The goal.</summary>
    /// <returns>The goal, without where it stands.</returns>
    /// <exception cref="ArgumentException">It is none: a name is blank, or a number or a fact is wrong.</exception>
    public Goal ToGoal() => new(Name)
    {
        Description = Description,
        Priority = Priority,
        DependsOn = DependsOn,
        Resources = Resources,
        NotBefore = NotBefore,
        Deadline = Deadline,
        Duration = Duration,
        Achieves = Achieves,
        Prevents = Prevents,
    };
}
