using System.Globalization;

namespace AgentFlow.AI;

/// <summary>
/// Recommends a way to build an agent. Each requirement asks for so much of a criterion, each pattern gives so much of it; a pattern loses what it gives too little, and gains nothing by giving
/// more than is asked for. So the simplest pattern that meets all comes first.
/// </summary>
public static class PatternSelector
{
    private static readonly ArchitecturePattern[] s_patterns = Enum.GetValues<ArchitecturePattern>();

    /// <summary>Recommends a pattern.</summary>
    /// <param name="requirements">What the agent is for.</param>
    /// <returns>All patterns, the best first, with reasons.</returns>
    public static PatternRecommendation Recommend(ArchitectureRequirements requirements)
    {
        ArgumentNullException.ThrowIfNull(requirements);
        var demands = Demands(requirements).Where(static demand => demand.Demand > 0).ToArray();
        return new([.. s_patterns.Select(pattern => Score(pattern, demands)).OrderByDescending(static score => score.Score).ThenBy(static score => score.Pattern)]);
    }

    private static PatternScore Score(ArchitecturePattern pattern, (ArchitectureCriterion Criterion, double Demand, string Because)[] demands)
    {
        CriterionScore[] criteria = [.. demands.Select(demand => Score(pattern, demand.Criterion, demand.Demand, demand.Because))];

        // Rounded, so that the order of additions does not make one of two equals the better.
        return new(pattern, criteria.Length == 0 ? 1 : Math.Round(criteria.Average(static criterion => criterion.Score), 9), criteria);
    }

    private static CriterionScore Score(ArchitecturePattern pattern, ArchitectureCriterion criterion, double demand, string because)
    {
        var offer = PatternOffers.Of(pattern, criterion);
        var verdict = offer >= demand ? "is enough" : string.Create(CultureInfo.InvariantCulture, $"falls short by {demand - offer:0.00}");
        return new(criterion, demand, offer, string.Create(CultureInfo.InvariantCulture, $"{criterion}: {because}, which asks for {demand:0.00}; {pattern} gives {offer:0.00}, which {verdict}."));
    }

    private static IEnumerable<(ArchitectureCriterion Criterion, double Demand, string Because)> Demands(ArchitectureRequirements r)
    {
        (double Weight, string Name)[] signs =
        [
            (One(r.IsMultiStep), "several steps"), (One(r.IsStateful), "state"), (One(r.IsLongRunning), "long runs"), (One(r.IsConditional), "conditions"),
            (Math.Min(r.Tools / 5.0, 1), $"{r.Tools} tools"), (One(r.IsDataIntensive), "much data"),
        ];
        yield return (ArchitectureCriterion.TaskComplexity, signs.Average(static sign => sign.Weight), $"there are {string.Join(", ", signs.Where(static sign => sign.Weight > 0).Select(static sign => sign.Name))}");
        yield return (ArchitectureCriterion.ResponseTime, r.ResponseTime switch { null => 0, { TotalSeconds: <= 1 } => 1, { TotalSeconds: <= 30 } => 0.5, _ => 0 }, $"an answer is due within {r.ResponseTime?.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s");
        yield return (ArchitectureCriterion.Scalability, r.Load, "there is load");
        yield return (ArchitectureCriterion.Resources, r.Thrift, "little may be used");
        yield return (ArchitectureCriterion.TeamExpertise, 1 - (r.TeamExperience ?? 1), "the team has done little of this kind");
        yield return (ArchitectureCriterion.Maintenance, r.Maintainability, "it has to be easy to keep up");
        yield return (ArchitectureCriterion.Determinism, One(r.IsDeterministic), "the same input has to have the same course");
        yield return (ArchitectureCriterion.Collaboration, Math.Min((r.Specialties - 1) / 4.0, 1), $"{r.Specialties} kinds of expertise work together");
        yield return (ArchitectureCriterion.Events, One(r.IsDrivenByEvents), "events set it going");
        yield return (ArchitectureCriterion.CompetingGoals, One(r.HasCompetingGoals), "several goals compete");
        yield return (ArchitectureCriterion.KnownSteps, One(r.AreStepsKnown is true), "the steps are known");
        yield return (ArchitectureCriterion.StepsToBeFound, One(r.AreStepsKnown is false), "the steps have to be found");
        yield return (ArchitectureCriterion.NoCentre, One(r.HasNoCentre), "no single agent may be missed");
        yield return (ArchitectureCriterion.Levels, One(r.HasLevels), "decisions are made on several levels");
    }

    private static double One(bool value) => value ? 1 : 0;
}
