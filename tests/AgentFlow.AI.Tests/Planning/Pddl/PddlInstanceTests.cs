using System.Globalization;
using AgentFlow.Tests;

namespace AgentFlow.AI.Tests.Planning.Pddl;

/// <summary>
/// Public instances of planning competitions, against known lengths and brute force. The page says what was found; here it is measured.
/// </summary>
public class PddlInstanceTests
{
    /// <summary>
    /// The instances and, where there is one, the known length of the shortest plan. Those with a metric are there twice: with every step
    /// as 1, and by the metric.
    /// </summary>
    private static readonly (string Name, bool ByMetric, int? Known)[] s_instances =
    [
        ("blocks/probBLOCKS-4-0", false, 6),
        ("blocks/probBLOCKS-5-0", false, 12),
        ("blocks/probBLOCKS-6-0", false, null),
        ("briefcaseworld/pfile1", false, null),
        ("driverlog/pfile1", false, 7),
        ("elevators-opt08-strips/p01", false, null),
        ("elevators-opt08-strips/p01", true, null),
        ("ferry/p-10locs-5cars", false, 18),
        ("freecell/pfile1", false, 8),
        ("gripper/prob01", false, 11),
        ("gripper/prob02", false, 17),
        ("hanoi/pfile3", false, null),
        ("logistics00/problogistics-4-0", false, 20),
        ("miconic/s1-0", false, 4),
        ("miconic/s3-0", false, 10),
        ("sokoban-opt08-strips/p01", false, 49),
        ("sokoban-opt08-strips/p01", true, null),
        ("termes-opt18/p01", false, null),
    ];

    /// <summary>Planners with a column on the page, in its order.</summary>
    private static readonly IPlanner[] s_planners =
    [
        new ForwardPlanner(limits: Limits), new ForwardPlanner(PlanningHeuristic.LandmarkCut, Limits), new BackwardPlanner(Limits), new ForwardPlanner(PlanningHeuristic.RelaxedPlan, Limits),
    ];

    private static readonly string[] s_tooManyStates = ["elevators-opt08-strips/p01", "ferry/p-10locs-5cars", "logistics00/problogistics-4-0", "termes-opt18/p01"];

    /// <summary>More of the search is not wanted here: the time is that of a slow machine.</summary>
    private static PlanningLimits Limits => new() { Timeout = TimeSpan.FromMinutes(10) };

    [Fact]
    public void Every_instance_is_tried() => Assert.Equal(PddlData.Names(), s_instances.Select(static instance => instance.Name).Distinct().Order(StringComparer.Ordinal));

    [Fact]
    public void Planners_find_the_known_lengths_with_the_figures_of_the_page()
    {
        var token = TestContext.Current.CancellationToken;
        foreach (var (name, byMetric, known) in s_instances)
        {
            var task = PddlData.Read(name);
            var problem = PddlTranslation.ProblemOf(task, byMetric);
            var world = new PddlWorld(task, byMetric);
            var cells = CellsOf(name, byMetric);
            var cheapest = cells[1] == "" ? (double?)null : double.Parse(cells[1], CultureInfo.InvariantCulture);
            Assert.True(known is null || known == cheapest, name);
            for (var i = 0; i < s_planners.Length; i++)
            {
                // Where the limit was reached, to reach it again takes too long; what takes a while is left to long runs.
                var cell = cells[2 + i];
                if (cell.StartsWith("over", StringComparison.Ordinal) || IsSlow(cell, i))
                {
                    continue;
                }

                var result = s_planners[i].Solve(problem, token);
                var plan = result.GetPlanOrThrow();
                Assert.Equal(plan.Cost, world.CostOf(plan.Steps.Select(static step => step.Name)));
                var nodes = result.Nodes.ToString("N0", CultureInfo.InvariantCulture);
                Assert.Equal((name, i, cell), (name, i, i < 3 ? nodes : $"{nodes} ({plan.Cost})"));
                Assert.Equal((name, i, i < 3), (name, i, result.IsOptimal));
                Assert.True(i < 3 ? plan.Cost == cheapest : cheapest is null || plan.Cost >= cheapest, $"{name}: {plan.Cost}");
            }
        }
    }

    [Fact]
    public void Brute_force_finds_nothing_cheaper()
    {
        var token = TestContext.Current.CancellationToken;
        foreach (var (name, byMetric, _) in s_instances)
        {
            if (!s_tooManyStates.Contains(name))
            {
                var cost = new PddlWorld(PddlData.Read(name), byMetric).Cheapest(token).Cost;
                Assert.Equal((name, CellsOf(name, byMetric)[1]), (name, $"{cost}"));
            }
        }
    }

    /// <summary>As many steps count as the page says, and not one more.</summary>
    [Fact]
    public void The_limit_of_steps_counts_what_could_be_done()
    {
        foreach (var (name, byMetric, _) in s_instances)
        {
            var problem = PddlTranslation.ProblemOf(PddlData.Read(name), byMetric);
            var steps = int.Parse(CellsOf(name, byMetric)[0], CultureInfo.InvariantCulture);
            Assert.NotEqual(PlanningLimit.GroundSteps, Try(steps));
            Assert.Equal(PlanningLimit.GroundSteps, Try(steps - 1));

            PlanningLimit Try(int most) => new ForwardPlanner(limits: new() { MaxGroundSteps = most, MaxNodes = 1 }).Solve(problem, TestContext.Current.CancellationToken).Limit;
        }
    }

    /// <summary>
    /// Whether so many nodes take the planner too long. Two of termes take a minute each, and are left out of long runs, too.
    /// </summary>
    private static bool IsSlow(string cell, int planner)
    {
        var nodes = int.Parse(cell.Split(' ')[0], NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
        return nodes > (planner, PddlData.IsLong) switch
        {
            (0, false) => 2_000,
            (1, false) => 300,
            (2, false) => 2_500,
            (1, true) => 50_000,
            (2, true) => 140_000,
            _ => int.MaxValue,
        };
    }

    private static string[] CellsOf(string name, bool byMetric)
    {
        var line = GuidePage.Read("planning.md").Split('\n').Single(line => line.StartsWith($"| `{name}`{(byMetric ? ", by its metric" : "")} |", StringComparison.Ordinal));
        return line.Split('|', StringSplitOptions.TrimEntries)[2..^1];
    }
}
