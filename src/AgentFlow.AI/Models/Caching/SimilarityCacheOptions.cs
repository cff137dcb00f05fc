namespace AgentFlow.AI;

/// <summary>How alike two questions must be to have one answer.</summary>
public sealed class SimilarityCacheOptions : ResponseCacheOptions
{
    private readonly double _threshold = 0.95;

    /// <summary>The least cosine of the angle between the questions' vectors, from above 0 to 1. What is right depends on the embedding model. Default: 0.95.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not above 0 and at most 1.</exception>
    public double Threshold
    {
        get => _threshold;
        init => _threshold = value is > 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "The threshold is above 0 and at most 1.");
    }
}
