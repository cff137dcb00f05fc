namespace AgentFlow;

/// <summary>Which of several sources supplies a parameter.</summary>
public enum Take
{
    /// <summary>All settle; the first in the order written that was not skipped supplies the value, whatever the timing.</summary>
    InOrder,

    /// <summary>A race: the first to complete supplies the value.</summary>
    First,
}
