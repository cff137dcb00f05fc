namespace AgentFlow.AI;

/// <summary>How alike two questions must be to have one answer.</summary>
public sealed class SimilarityCacheOptions : ResponseCacheOptions
{
    private readonly double _threshold;

    /// <summary>
    /// The least cosine of the angle between the questions' vectors, from above 0 to 1. What is right depends on the embedding model, so
    /// there is no default. Whatever it is, the words
    /// must agree as well: see <see cref="ChatClientExtensions.WithSimilarityCache"/>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not above 0 and at most 1.</exception>
    public required double Threshold
    {
        get => _threshold;
        init => _threshold = value is > 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "The threshold is above 0 and at most 1.");
    }
}
