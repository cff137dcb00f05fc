namespace AgentFlow.Samples.Research.Searching;

/// <summary>Where a passage comes from.</summary>
public enum SourceKind
{
    /// <summary>A text for people.</summary>
    Document,

    /// <summary>Source code.</summary>
    Code,

    /// <summary>A commit's message.</summary>
    Commit,
}
