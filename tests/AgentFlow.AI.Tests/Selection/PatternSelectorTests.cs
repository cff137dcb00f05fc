using System.Globalization;
using AgentFlow.Tests;

namespace AgentFlow.AI.Tests.Selection;

/// <summary>Requirements lead to a pattern, and the reasons are told.</summary>
public class PatternSelectorTests
{
    private static readonly ArchitectureRequirements s_everything = new()
    {
        IsMultiStep = true, IsStateful = true, IsLongRunning = true, IsConditional = true, IsDataIntensive = true, Tools = 5, ResponseTime = TimeSpan.FromSeconds(1), Load = 1, Thrift = 1,
        TeamExperience = 0, Maintainability = 1, IsDeterministic = true, Specialties = 5, IsDrivenByEvents = true, HasCompetingGoals = true, AreStepsKnown = true, HasNoCentre = true, HasLevels = true,
    };

    public static TheoryData<ArchitecturePattern, ArchitectureRequirements> Profiles => new()
    {
        { ArchitecturePattern.Reactive, new() },
        { ArchitecturePattern.Reactive, new() { ResponseTime = TimeSpan.FromMilliseconds(500), Thrift = 0.8, Tools = 1 } },
        { ArchitecturePattern.EventDriven, new() { IsDrivenByEvents = true, ResponseTime = TimeSpan.FromSeconds(1), Load = 0.5 } },
        { ArchitecturePattern.Workflow, new() { IsMultiStep = true, IsConditional = true, IsStateful = true, AreStepsKnown = true, IsDeterministic = true } },
        { ArchitecturePattern.GoalStack, new() { HasCompetingGoals = true, IsStateful = true, IsLongRunning = true, IsDeterministic = true } },
        { ArchitecturePattern.HierarchicalPlanning, new() { IsMultiStep = true, IsConditional = true, IsStateful = true, AreStepsKnown = false } },
        { ArchitecturePattern.CoordinatorAndWorkers, new() { Specialties = 5, IsMultiStep = true, AreStepsKnown = true, Load = 0.9 } },
        { ArchitecturePattern.PeerToPeer, new() { Specialties = 4, HasNoCentre = true, Load = 1 } },
        { ArchitecturePattern.HierarchicalAgents, new() { Specialties = 5, HasLevels = true, IsMultiStep = true, Load = 1 } },
        {
            ArchitecturePattern.Hybrid,
            new() { IsMultiStep = true, IsStateful = true, IsLongRunning = true, IsConditional = true, IsDataIntensive = true, Tools = 5, IsDrivenByEvents = true, AreStepsKnown = false, HasCompetingGoals = true, Specialties = 4, ResponseTime = TimeSpan.FromSeconds(20), HasLevels = true, Load = 0.8 }
        },
    };

    [Theory, MemberData(nameof(Profiles))]
    public void Every_pattern_is_the_best_for_something(ArchitecturePattern pattern, ArchitectureRequirements requirements)
    {
        var recommendation = PatternSelector.Recommend(requirements);
        Assert.True(pattern == recommendation.Best.Pattern, recommendation.ToString());
        Assert.Equal(9, recommendation.Ranking.Count);
        Assert.Equal(recommendation.Ranking[0].Score - recommendation.Ranking[1].Score, recommendation.Lead);
    }

    [Fact]
    public void Only_what_is_asked_for_counts_and_each_has_its_reason()
    {
        var best = PatternSelector.Recommend(new() { IsMultiStep = true, IsStateful = true, Tools = 3, ResponseTime = TimeSpan.FromSeconds(10) }).Ranking.Single(static p => p.Pattern == ArchitecturePattern.HierarchicalPlanning);
        Assert.Equal([ArchitectureCriterion.TaskComplexity, ArchitectureCriterion.ResponseTime], best.Criteria.Select(static c => c.Criterion));
        Assert.Equal(2.6 / 6, best.Criteria[0].Demand, 9);
        Assert.Equal("TaskComplexity: there are several steps, state, 3 tools, which asks for 0.43; HierarchicalPlanning gives 0.90, which is enough.", best.Criteria[0].Justification);
        Assert.Equal("ResponseTime: an answer is due within 10 s, which asks for 0.50; HierarchicalPlanning gives 0.30, which falls short by 0.20.", best.Criteria[1].Justification);
        Assert.Equal(0.9, best.Score, 9);
    }

    [Fact]
    public void The_first_six_criteria_are_rated_as_the_families_are()
    {
        var families = new (ArchitecturePattern[] Patterns, double[] Offers)[]
        {
            ([ArchitecturePattern.Reactive, ArchitecturePattern.EventDriven], [0.2, 0.9, 0.8, 0.9, 0.8, 0.9]),
            ([ArchitecturePattern.Workflow, ArchitecturePattern.GoalStack, ArchitecturePattern.HierarchicalPlanning], [0.9, 0.3, 0.6, 0.4, 0.5, 0.4]),
            ([ArchitecturePattern.CoordinatorAndWorkers, ArchitecturePattern.PeerToPeer, ArchitecturePattern.HierarchicalAgents], [0.8, 0.5, 0.9, 0.3, 0.3, 0.2]),
            ([ArchitecturePattern.Hybrid], [0.95, 0.6, 0.8, 0.2, 0.2, 0.1]),
        };
        var ranking = PatternSelector.Recommend(s_everything).Ranking;
        Assert.All(families, family => Assert.All(family.Patterns, pattern => Assert.Equal(family.Offers, ranking.Single(p => p.Pattern == pattern).Criteria.Take(6).Select(static c => c.Offer))));
    }

    [Fact]
    public async Task The_page_shows_the_table_that_is_used()
    {
        var page = GuidePage.Read("choosing.md");
        var rows = page.Split('\n').Where(static line => line.StartsWith("| `", StringComparison.Ordinal)).Select(static line => line.Split('|', StringSplitOptions.TrimEntries)[1..^1]).Where(static cells => cells.Length == 10).ToDictionary(static cells => cells[0].Trim('`'));
        var known = PatternSelector.Recommend(s_everything).Ranking;
        var found = PatternSelector.Recommend(s_everything with { AreStepsKnown = false }).Ranking;
        foreach (var criterion in Enum.GetValues<ArchitectureCriterion>())
        {
            var ranking = criterion == ArchitectureCriterion.StepsToBeFound ? found : known;
            var offers = ranking.OrderBy(static p => p.Pattern).Select(p => p.Criteria.Single(c => c.Criterion == criterion).Offer);
            Assert.Equal(offers, rows[$"{criterion}"][1..].Select(static cell => double.Parse(cell, CultureInfo.InvariantCulture)));
        }
    }

    [Fact]
    public void More_demand_never_makes_a_score_higher()
    {
        var random = new Random(4);
        for (var i = 0; i < 300; i++)
        {
            var less = new ArchitectureRequirements { Load = random.NextDouble(), Thrift = random.NextDouble(), Tools = random.Next(1, 4), Maintainability = random.NextDouble() };
            var more = less with { Load = less.Load + ((1 - less.Load) * random.NextDouble()), Tools = less.Tools + 1 };
            foreach (var score in PatternSelector.Recommend(more).Ranking)
            {
                Assert.True(score.Score <= PatternSelector.Recommend(less).Ranking.Single(p => p.Pattern == score.Pattern).Score + 1e-8);
            }
        }
    }

    [Fact]
    public void What_is_no_share_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(static () => new ArchitectureRequirements { Load = 1.1 });
        Assert.Throws<ArgumentOutOfRangeException>(static () => new ArchitectureRequirements { Thrift = double.NaN });
        Assert.Throws<ArgumentOutOfRangeException>(static () => new ArchitectureRequirements { TeamExperience = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(static () => new ArchitectureRequirements { Tools = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(static () => new ArchitectureRequirements { Specialties = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(static () => new ArchitectureRequirements { ResponseTime = TimeSpan.Zero });
    }
}
