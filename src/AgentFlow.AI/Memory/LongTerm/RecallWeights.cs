namespace AgentFlow.AI;

/// <summary>
/// What counts how much when memories are recalled: the score is the weighted sum of relevance, recency and importance, each from 0 to 1 (Park et al. 2023,
/// <i>Generative Agents</i>), divided by the sum of the weights.
/// </summary>
public sealed record RecallWeights
{
    /// <summary>Relevance 1, recency 0.25, importance 0.25: what fits the query comes first, and among the like, what is fresh or matters.</summary>
    public static RecallWeights Default { get; } = new();

    /// <summary>Of the cosine to the query, or of the BM25 score as a share of the best one. Default: 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or no number.</exception>
    public double Relevance { get; init => field = Check(value); } = 1;

    /// <summary>Of the share that time has left: see <see cref="LongTermMemoryOptions.HalfLife"/>. Default: 0.25.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or no number.</exception>
    public double Recency { get; init => field = Check(value); } = 0.25;

    /// <summary>Of <see cref="MemoryRecord.Importance"/> times <see cref="MemoryRecord.Confidence"/>. Default: 0.25.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or no number.</exception>
    public double Importance { get; init => field = Check(value); } = 0.25;

    internal double Score(double relevance, double recency, double importance)
    {
        var sum = Relevance + Recency + Importance;
        return sum == 0 ? 0 : ((Relevance * relevance) + (Recency * recency) + (Importance * importance)) / sum;
    }

    private static double Check(double value) =>
        value >= 0 && double.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A weight has to be a number of at least 0.");
}
