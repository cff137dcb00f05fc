namespace AgentFlow.AI;

/// <summary>Which memories are recalled.</summary>
public sealed record RecallOptions
{
    /// <summary>The 5 best of all.</summary>
    public static RecallOptions Default { get; } = new();

    /// <summary>How many at most. Default: 5.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public int Count
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            field = value;
        }
    } = 5;

    /// <summary>Those of a kind. Default: of all.</summary>
    public MemoryKind? Kind { get; init; }

    /// <summary>Those of a session. Default: of all.</summary>
    public string? Session { get; init; }

    /// <summary>Those that were added at this time or later. Default: all.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Those that were added before this time. Default: all.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>The relevance that is too little, 0 to 1: only what has more is recalled. Default: 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double MinRelevance
    {
        get;
        init => field = Share.Checked(value, nameof(value));
    }

    /// <summary>Whether what is recalled is kept for longer, which is written to the store. Default: true.</summary>
    public bool Reinforces { get; init; } = true;

    internal bool Fits(MemoryRecord memory) => new MemoryQuery(memory.Subject) { Kind = Kind, Session = Session, From = From, To = To }.Fits(memory);
}
