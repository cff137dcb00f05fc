namespace AgentFlow;

/// <summary>Which memories of a subject are listed, in the order of <see cref="MemoryRecord.Sequence"/>.</summary>
/// <param name="Subject">Whose.</param>
public sealed record MemoryQuery(string Subject)
{
    /// <summary>The most memories of a page: 1,000.</summary>
    public const int MaxCount = 1000;

    /// <summary>Those of a kind. Default: of all.</summary>
    public MemoryKind? Kind { get; init; }

    /// <summary>Those of a session. Default: of all.</summary>
    public string? Session { get; init; }

    /// <summary>Those that were added at this time or later. Default: all.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Those that were added before this time. Default: all.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Those with a higher number: the <see cref="MemoryPage.Next"/> of the page before. Default: from the first on.</summary>
    public long After { get; init; }

    /// <summary>How many at most, 1 to <see cref="MaxCount"/>. Default: 100.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int Count
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, MaxCount);
            field = value;
        }
    } = 100;

    /// <summary>Whether a memory of the subject is among those that are listed, on this page or a later one.</summary>
    /// <param name="memory">The memory.</param>
    /// <returns>Whether it is.</returns>
    public bool Fits(MemoryRecord memory) =>
        memory.Sequence > After
        && (Kind is null || memory.Kind == Kind)
        && (Session is null || memory.Session == Session)
        && (From is null || memory.CreatedAt >= From)
        && (To is null || memory.CreatedAt < To);
}

/// <summary>Some of the memories that were asked for.</summary>
/// <param name="Memories">The memories, the oldest first.</param>
/// <param name="Next">What <see cref="MemoryQuery.After"/> has to be for the next page; <see langword="null"/> if this is the last.</param>
public sealed record MemoryPage(IReadOnlyList<MemoryRecord> Memories, long? Next);
