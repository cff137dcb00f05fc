namespace AgentFlow.AI;

/// <summary>Which pattern suits, and why.</summary>
/// <param name="Ranking">All patterns, the best first; of equals the simpler first.</param>
public sealed record PatternRecommendation(IReadOnlyList<PatternScore> Ranking)
{
    /// <summary>The pattern to take.</summary>
    public PatternScore Best => Ranking[0];

    /// <summary>By how much it is better than the next, from 0 to 1. Little: either would do, and the simpler one is less work.</summary>
    public double Lead => Ranking[0].Score - Ranking[1].Score;

    /// <summary>The recommendation and its reasons, a line each.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => string.Join(
        '\n',
        [
            string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Best.Pattern} ({Best.Score:0.00}), then {Ranking[1].Pattern} ({Ranking[1].Score:0.00}) and {Ranking[2].Pattern} ({Ranking[2].Score:0.00})"),
            .. Best.Criteria.Select(static criterion => $"- {criterion.Justification}"),
        ]);
}
