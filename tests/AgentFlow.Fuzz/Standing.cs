namespace AgentFlow.Fuzz;

/// <summary>Where an action stands in an iteration.</summary>
internal enum Fate
{
    Completed,
    Skipped,
    Failed,

    /// <summary>Left out because something failed that it depends on.</summary>
    Blocked,

    /// <summary>The run was cut short before it was over.</summary>
    Open,
}

/// <summary>Where an action stands, and what it may have made.</summary>
internal sealed class Standing(Fate fate, params IEnumerable<string> values)
{
    public Fate Fate { get; } = fate;

    /// <summary>The values that are possible; narrowed when a consumer is seen with one.</summary>
    public List<string> Values { get; set; } = [.. values];

    /// <summary>Of an open one: whether it may be over all the same, unseen.</summary>
    public bool MayBeOver { get; init; }

    /// <summary>Of a for-each that has not completed: what its compensation may be given, the elements that have. Empty if there are none.</summary>
    public List<string> Parts { get; init; } = [];

    /// <summary>Whether some of its elements have completed for certain.</summary>
    public bool HasParts { get; init; }

    public bool IsBad => Fate is Fate.Failed or Fate.Blocked;
}
