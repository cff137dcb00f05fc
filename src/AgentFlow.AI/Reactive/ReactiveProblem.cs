namespace AgentFlow.AI;

/// <summary>What may be wrong with a request.</summary>
public enum ReactiveProblem
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>There is nothing in it.</summary>
    Empty,

    /// <summary>It is longer than <see cref="ReactiveOptions.MaxLength"/>.</summary>
    TooLong,
}
