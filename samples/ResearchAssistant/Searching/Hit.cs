namespace AgentFlow.Samples.Research.Searching;

/// <summary>A passage that answers to the question.</summary>
/// <param name="Passage">The passage.</param>
/// <param name="Score">How well, from 0 to about 1; comparable between sources.</param>
/// <param name="Coverage">Which share of the question's weight the passage touches, from 0 to 1.</param>
public sealed record Hit(Passage Passage, double Score, double Coverage)
{
    /// <summary>How much a word there tells: less in tests and samples, which only mention things.</summary>
    public double Standing { get; init; } = 1;
}
