namespace AgentFlow.Samples.Research.Extraction;

/// <summary>What the code shows.</summary>
/// <param name="Findings">The findings, best first.</param>
/// <param name="Searched">How many files were read.</param>
public sealed record Digest(IReadOnlyList<Finding> Findings, int Searched)
{
    /// <summary>What each term of the question is worth in the code.</summary>
    public IReadOnlyList<double> TermWeights { get; init; } = [];
}
