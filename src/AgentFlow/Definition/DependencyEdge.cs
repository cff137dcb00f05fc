namespace AgentFlow;

/// <summary>A dependency of one action on another.</summary>
/// <param name="From">The index of the action depended on.</param>
/// <param name="To">The index of the action that depends.</param>
/// <param name="Kind">What the edge carries.</param>
public sealed record DependencyEdge(int From, int To, DependencyKind Kind)
{
    /// <summary>The parameter that takes the value; <see langword="null"/> for order.</summary>
    public string? Parameter { get; init; }

    /// <summary>The C# type of the value; <see langword="null"/> for order.</summary>
    public string? Type { get; init; }

    /// <summary>The number, from 0, of the group of alternatives (merge, race, any) that the edge belongs to; otherwise -1.</summary>
    public int Group { get; init; } = -1;

    /// <summary>Whether the consumer needs a value from the group: if none exists it is skipped.</summary>
    public bool IsRequired { get; init; } = true;

    /// <summary>In a race: whether the losers are cancelled.</summary>
    public bool CancelsOthers { get; init; }
}
