namespace AgentFlow;

/// <summary>An action of an <see cref="AgentGraph"/>.</summary>
/// <param name="Index">Its place in <see cref="AgentGraph.Actions"/>.</param>
/// <param name="Name">Its stable id.</param>
public sealed record ActionNode(int Index, string Name)
{
    private readonly string? _title;

    /// <summary>The title for people. Default: <see cref="Name"/>.</summary>
    public string Title
    {
        get => _title ?? Name;
        init => _title = value;
    }

    /// <summary>The kind of thing it calls.</summary>
    public ActionType Type { get; init; }

    /// <summary>How it is scheduled.</summary>
    public ActionMode Mode { get; init; }

    /// <summary>What it does to the world outside the run.</summary>
    public Effect Effect { get; init; }

    /// <summary>Among ready actions, the higher priority starts first.</summary>
    public int Priority { get; init; }

    /// <summary>How long it is expected to take, if that was said.</summary>
    public TimeSpan? Estimate { get; init; }

    /// <summary>The C# type of its output; <see langword="null"/> if it makes none.</summary>
    public string? Output { get; init; }

    /// <summary>The name of the predicate that decides whether it runs; <see langword="null"/> if it always does.</summary>
    public string? Condition { get; init; }

    /// <summary>The index of the action over whose elements it runs; -1 if it runs once.</summary>
    public int ForEach { get; init; } = -1;

    /// <summary>Whether the outside world completes it.</summary>
    public bool IsSignal { get; init; }

    /// <summary>How long after its dependencies are met it starts.</summary>
    public TimeSpan? Delay { get; init; }

    /// <summary>
    /// The index of the action that ends the delay if it settles first, so that this one is skipped; -1 if there is none.
    /// </summary>
    public int DelayUnless { get; init; } = -1;

    /// <summary>How long a signal is waited for; <see langword="null"/>: without end.</summary>
    public TimeSpan? SignalTimeout { get; init; }

    /// <summary>Whether its final failure counts as skipped.</summary>
    public bool IsOptional { get; init; }

    /// <summary>Whether it has a method that undoes it.</summary>
    public bool IsCompensated { get; init; }

    /// <summary>Whether its output is, or may hold, what must not be seen: events leave it out, and sessions encrypt it.</summary>
    public bool IsSensitive { get; init; }

    /// <summary>Whether the run returns its value.</summary>
    public bool IsResult { get; init; }
}
