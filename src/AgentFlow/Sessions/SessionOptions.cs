namespace AgentFlow;

/// <summary>When outcomes are recorded.</summary>
public enum Durability
{
    /// <summary>Each before anything that uses it starts: after a crash nothing recorded is done again.</summary>
    Step,

    /// <summary>In order, in the background: a crash may undo the last few, which are then done again.</summary>
    Deferred,

    /// <summary>Only when the session suspends or ends: a crash goes back to where it last did.</summary>
    Suspend,
}

/// <summary>What a session is started with.</summary>
public sealed record SessionOptions
{
    private readonly Durability _durability;

    /// <summary>The session's id. Default: a new one.</summary>
    public string? Id { get; init; }

    /// <summary>How it is driven; the application's own word. Default: <c>interactive</c>.</summary>
    public string Mode { get; init; } = "interactive";

    /// <summary>When outcomes are recorded. Default: <see cref="Durability.Step"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such durability.</exception>
    public Durability Durability
    {
        get => _durability;
        init => _durability = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(value), value, $"There is no such {nameof(Durability)}.");
    }

    /// <summary>What has started it: a schedule, a queue, a person. Default: not recorded.</summary>
    public string? Trigger { get; init; }

    /// <summary>The session whose action starts this one. Default: none.</summary>
    public string? Parent { get; init; }

    /// <summary>
    /// Whether <see cref="AgentRuntime.StartOrResumeAsync"/> goes on with a session that was started with another input, mode, trigger or parent.
    /// Default: no, it throws <see cref="DifferentSessionException"/>.
    /// </summary>
    public bool AllowDifferentInput { get; init; }
}
