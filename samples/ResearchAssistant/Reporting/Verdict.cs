namespace AgentFlow.Samples.Research.Reporting;

/// <summary>How good an answer is.</summary>
public enum Verdict
{
    /// <summary>There is none.</summary>
    Nothing,

    /// <summary>It misses most of the question.</summary>
    Weak,

    /// <summary>It misses something, or rests on little.</summary>
    Partial,

    /// <summary>It speaks of all the question asks, from several sources.</summary>
    Good,
}
