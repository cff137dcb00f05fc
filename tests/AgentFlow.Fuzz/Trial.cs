namespace AgentFlow.Fuzz;

/// <summary>What was seen of one agent: once run, streamed, or in a session of one or more lives.</summary>
public sealed record Trial
{
    public required Model Model { get; init; }

    /// <summary>The path of the root, in a session its id.</summary>
    public required string Root { get; init; }

    public required IReadOnlyList<Note> Notes { get; init; }

    /// <summary>How it ended for its caller.</summary>
    public required Ending End { get; init; }

    /// <summary>Whether signals are answered.</summary>
    public bool IsSession { get; init; }

    /// <summary>What else there is to know.</summary>
    public string Circumstances { get; init; } = "";

    /// <summary>Whether what has happened may be lost with its process though something else has begun because of it.</summary>
    public bool IsDeferred { get; init; }

    /// <summary>How often the process began.</summary>
    public int Lives { get; init; } = 1;

    /// <summary>How often each session was claimed, by its path; empty if nobody has looked.</summary>
    public IReadOnlyDictionary<string, long> Claims { get; init; } = new Dictionary<string, long>();

    /// <summary>Whether a process takes a session up once at most: then what it has under way is the session's.</summary>
    public bool HasOneRunALife { get; init; } = true;

    /// <summary>What is recorded as completed of each session, by its path, as <c>1/A3</c>; empty if nobody has looked.</summary>
    public IReadOnlyDictionary<string, IReadOnlySet<string>> Recorded { get; init; } = new Dictionary<string, IReadOnlySet<string>>();

    /// <summary>How often a person had something done again.</summary>
    public int Repeats { get; init; }
}
