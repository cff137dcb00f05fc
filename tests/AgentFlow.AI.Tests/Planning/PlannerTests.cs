namespace AgentFlow.AI.Tests.Planning;

/// <summary>Planners on classical problems whose shortest plans are known.</summary>
public class PlannerTests
{
    private static readonly string[] s_names = ["max", "cuts", "goals", "none", "backward"];

    public static TheoryData<string> OptimalPlanners => [.. s_names];

    /// <summary>From, to, and the known length of the shortest plan.</summary>
    public static TheoryData<string, string, int> KnownInstances => new()
    {
        { "ca b", "abc", 3 }, // Sussman's anomaly: either goal, reached first, is in the way of the other.
        { "a b c", "abc", 2 },
        { "abc", "cba", 3 },
        { "abcd", "dcba", 4 },
        { "a b c d", "abcd", 3 },
        { "abcd", "abdc", 6 },
        { "ab cd", "ba dc", 4 },
        { "abcde", "a b c d e", 4 },
        { "abc", "abc", 0 },
    };

    [Theory, MemberData(nameof(KnownInstances))]
    public void Blocks_are_moved_in_as_few_steps_as_are_known_to_do(string from, string to, int length)
    {
        var problem = BlocksWorld.Problem(from.Split(' '), to.Split(' '));
        Assert.Equal(length, BlocksWorld.ShortestByBruteForce(from.Split(' '), to.Split(' ')));
        foreach (var name in s_names)
        {
            var result = Planner(name).Solve(problem, TestContext.Current.CancellationToken);
            Assert.True(result.IsOptimal, name);
            Simulator.Check(problem, result.GetPlanOrThrow());
            Assert.Equal(length, result.Plan!.Steps.Count);
        }

        var fast = new ForwardPlanner(PlanningHeuristic.RelaxedPlan).Solve(problem, TestContext.Current.CancellationToken);
        Simulator.Check(problem, fast.GetPlanOrThrow());
        Assert.False(fast.IsOptimal);
    }

    [Fact]
    public void Sussmans_anomaly_is_solved_by_its_only_shortest_plan()
    {
        var problem = BlocksWorld.Problem(["ca", "b"], ["abc"]);
        foreach (var name in s_names)
        {
            Assert.Equal(["unstack(c, a)", "stack(b, c)", "stack(a, b)"], Planner(name).Solve(problem, TestContext.Current.CancellationToken).GetPlanOrThrow().Steps.Select(static step => step.Name));
        }
    }

    [Theory, MemberData(nameof(OptimalPlanners))]
    public void Random_instances_have_plans_as_short_as_brute_force_finds(string name)
    {
        var random = new Random(20_31);
        for (var i = 0; i < 60; i++)
        {
            var blocks = random.Next(2, 6);
            var (from, to) = (BlocksWorld.Random(random, blocks), BlocksWorld.Random(random, blocks));
            var problem = BlocksWorld.Problem(from, to);
            var plan = Planner(name).Solve(problem, TestContext.Current.CancellationToken).GetPlanOrThrow();
            Simulator.Check(problem, plan);
            Assert.True(BlocksWorld.ShortestByBruteForce(from, to) == plan.Steps.Count, $"{string.Join(' ', from)} to {string.Join(' ', to)}");
        }
    }

    [Theory, MemberData(nameof(OptimalPlanners))]
    public void Costs_count_and_not_steps(string name)
    {
        var domain = new PlanningDomain(
        [
            new PlanningOperator("jump") { Preconditions = ["start"], Adds = ["end"], Cost = 10 },
            new PlanningOperator("walk") { Preconditions = ["start"], Adds = ["middle"], Cost = 2 },
            new PlanningOperator("go-on") { Preconditions = ["middle"], Adds = ["end"], Cost = 3.5 },
        ]);
        var problem = new PlanningProblem(domain, new Dictionary<string, string>()) { Initial = ["start"], Goals = ["end"] };
        var plan = Planner(name).Solve(problem, TestContext.Current.CancellationToken).GetPlanOrThrow();
        Assert.Equal(["walk", "go-on"], plan.Steps.Select(static step => step.Name));
        Assert.Equal(5.5, plan.Cost);
    }

    [Theory, MemberData(nameof(OptimalPlanners))]
    public void Random_costs_make_all_optimal_planners_agree(string name)
    {
        var random = new Random(77);
        for (var i = 0; i < 400; i++)
        {
            var problem = RandomProblem(random);
            var reference = new ForwardPlanner(PlanningHeuristic.None).Solve(problem, TestContext.Current.CancellationToken);
            var result = Planner(name).Solve(problem, TestContext.Current.CancellationToken);
            Assert.Equal(reference.Status, result.Status);
            if (result.Plan is { } plan)
            {
                Simulator.Check(problem, plan);
                Assert.Equal(reference.Plan!.Cost, plan.Cost);
            }
        }
    }

    [Fact]
    public void Logistics_takes_11_steps_by_every_planner()
    {
        var planners = new IPlanner[] { new ForwardPlanner(), new ForwardPlanner(PlanningHeuristic.None), new BackwardPlanner(), new HierarchicalPlanner(), new HybridPlanner() };
        var problem = Logistics.OnePackage(Logistics.Domain);
        Assert.All(planners, planner =>
        {
            var plan = planner.Solve(problem, TestContext.Current.CancellationToken).GetPlanOrThrow();
            Simulator.Check(problem, plan);
            Assert.Equal(11, plan.Steps.Count);
        });
    }

    [Fact]
    public void Two_packages_change_places_and_the_methods_lose_to_the_search()
    {
        var problem = Logistics.TwoPackages(Logistics.Domain);
        var forward = new ForwardPlanner(PlanningHeuristic.Max).Solve(problem, TestContext.Current.CancellationToken);
        var backward = new BackwardPlanner().Solve(problem, TestContext.Current.CancellationToken);
        var fast = new ForwardPlanner(PlanningHeuristic.RelaxedPlan).Solve(problem, TestContext.Current.CancellationToken);
        var methods = new HierarchicalPlanner().Solve(problem, TestContext.Current.CancellationToken);
        Assert.All([forward, backward, fast, methods], result => Simulator.Check(problem, result.GetPlanOrThrow()));
        Assert.Equal(forward.Plan!.Cost, backward.Plan!.Cost);
        Assert.True(forward.IsOptimal && backward.IsOptimal);
        Assert.True(fast.Nodes * 5 < forward.Nodes, $"{fast.Nodes} and {forward.Nodes}");
        Assert.True(methods.Plan!.Cost >= forward.Plan.Cost);
        Assert.True(methods.Nodes < 100);
    }

    [Fact]
    public void Landmarks_lead_to_cheapest_plans_that_others_do_not_find()
    {
        var four = Logistics.Packages(4);
        var max = new ForwardPlanner().Solve(four, TestContext.Current.CancellationToken);
        var cuts = new ForwardPlanner(PlanningHeuristic.LandmarkCut).Solve(four, TestContext.Current.CancellationToken);
        Simulator.Check(four, cuts.GetPlanOrThrow());
        Assert.Equal((31, max.Plan!.Cost), (cuts.Plan!.Steps.Count, cuts.Plan.Cost));
        Assert.True(cuts.Nodes * 20 < max.Nodes, $"{cuts.Nodes} and {max.Nodes}");

        var six = Logistics.Packages(6);
        var limits = new PlanningLimits { MaxNodes = 5_000, Timeout = TimeSpan.FromMinutes(5) };
        Assert.Equal(PlanningLimit.Nodes, new ForwardPlanner(limits: limits).Solve(six, TestContext.Current.CancellationToken).Limit);
        var found = new ForwardPlanner(PlanningHeuristic.LandmarkCut, limits).Solve(six, TestContext.Current.CancellationToken);
        Simulator.Check(six, found.GetPlanOrThrow());
        Assert.True(found.IsOptimal);
        Assert.Equal(43, found.Plan!.Steps.Count);
    }

    [Fact]
    public void Where_no_method_fits_the_hybrid_searches_and_the_others_say_that_there_is_none()
    {
        var problem = Logistics.OnePackage(Logistics.WithoutFlights);
        var hybrid = new HybridPlanner().Solve(problem, TestContext.Current.CancellationToken);
        Simulator.Check(problem, hybrid.GetPlanOrThrow());
        Assert.Equal(11, hybrid.Plan!.Steps.Count);
        Assert.Equal(PlanningStatus.Exhausted, new HierarchicalPlanner().Solve(problem, TestContext.Current.CancellationToken).Status);
    }

    [Fact]
    public void Without_tasks_the_hybrid_searches_for_the_goals()
    {
        var problem = BlocksWorld.Problem(["ca", "b"], ["abc"]);
        Assert.Equal(3, new HybridPlanner().Solve(problem, TestContext.Current.CancellationToken).GetPlanOrThrow().Steps.Count);
        Assert.Throws<ArgumentException>(() => new HierarchicalPlanner().Solve(problem, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Methods_that_lead_nowhere_are_left_again_and_recursive_ones_end()
    {
        var domain = new PlanningDomain(
            [new PlanningOperator("step", "?from, ?to") { Preconditions = ["here(?from)", "way(?from, ?to)"], Adds = ["here(?to)"], Deletes = ["here(?from)"] }],
            [new PlanningTask("travel", "?to")],
            [
                new TaskMethod("round", "travel(?to)") { Subtasks = ["travel(?to)"] },
                new TaskMethod("arrived", "travel(?to)") { Conditions = ["here(?to)"] },
                new TaskMethod("onwards", "travel(?to)") { Conditions = ["here(?from)", "way(?from, ?next)"], Subtasks = ["step(?from, ?next)", "travel(?to)"] },
            ]);
        var places = "abcde".ToDictionary(static c => $"{c}", static _ => "object");
        var problem = new PlanningProblem(domain, places) { Initial = ["here(a)", "way(a, b)", "way(b, a)", "way(b, c)", "way(a, d)", "way(c, b)"], Tasks = ["travel(d)"] };
        Assert.Equal("step(a, d)", new HierarchicalPlanner().Solve(problem, TestContext.Current.CancellationToken).GetPlanOrThrow().Steps[^1].Name);
        var nowhere = new PlanningProblem(domain, places) { Initial = ["here(a)", "way(a, b)", "way(b, a)"], Tasks = ["travel(e)"] };
        Assert.Equal(PlanningStatus.Exhausted, new HierarchicalPlanner().Solve(nowhere, TestContext.Current.CancellationToken).Status);
    }

    [Theory, MemberData(nameof(OptimalPlanners))]
    public void What_cannot_be_is_said_to_have_no_plan(string name)
    {
        var contradiction = new PlanningProblem(BlocksWorld.Domain, new Dictionary<string, string> { ["a"] = "block", ["b"] = "block" })
        {
            Initial = ["table(a)", "table(b)", "clear(a)", "clear(b)"],
            Goals = ["on(a, b)", "on(b, a)"],
        };
        var result = Planner(name).Solve(contradiction, TestContext.Current.CancellationToken);
        Assert.Equal(PlanningStatus.Exhausted, result.Status);
        Assert.StartsWith("There is no plan", Assert.Throws<NoPlanException>(result.GetPlanOrThrow).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Limits_are_kept_and_named()
    {
        var problem = BlocksWorld.Problem(["abcde"], ["edcba"]);
        var token = TestContext.Current.CancellationToken;
        Assert.Equal(PlanningLimit.Nodes, new ForwardPlanner(PlanningHeuristic.None, new() { MaxNodes = 3 }).Solve(problem, token).Limit);
        Assert.Equal(PlanningLimit.Depth, new ForwardPlanner(PlanningHeuristic.None, new() { MaxDepth = 4 }).Solve(problem, token).Limit);
        Assert.Equal(PlanningLimit.GroundSteps, new ForwardPlanner(PlanningHeuristic.None, new() { MaxGroundSteps = 10 }).Solve(problem, token).Limit);
        var late = new ForwardPlanner(PlanningHeuristic.None, new() { TimeProvider = new Hurried(), Timeout = TimeSpan.FromSeconds(1) }).Solve(problem, token);
        Assert.Equal((PlanningStatus.LimitReached, PlanningLimit.Time), (late.Status, late.Limit));
        Assert.Contains("Time", Assert.Throws<NoPlanException>(late.GetPlanOrThrow).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Cancelled_planning_ends()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        foreach (var name in s_names)
        {
            Assert.Throws<OperationCanceledException>(() => Planner(name).Solve(BlocksWorld.Problem(["abcde"], ["edcba"]), source.Token));
        }
    }

    [Fact]
    public void The_same_problem_has_the_same_plan()
    {
        var problem = Logistics.TwoPackages(Logistics.Domain);
        foreach (var name in s_names)
        {
            Assert.Equal($"{Planner(name).Solve(problem, TestContext.Current.CancellationToken).Plan}", $"{Planner(name).Solve(problem, TestContext.Current.CancellationToken).Plan}");
        }
    }

    private static IPlanner Planner(string name) => name switch
    {
        "max" => new ForwardPlanner(),
        "cuts" => new ForwardPlanner(PlanningHeuristic.LandmarkCut),
        "goals" => new ForwardPlanner(PlanningHeuristic.GoalCount),
        "none" => new ForwardPlanner(PlanningHeuristic.None),
        _ => new BackwardPlanner(),
    };

    /// <summary>Eight facts and a dozen steps among them, at random, with costs that are exact in binary.</summary>
    private static PlanningProblem RandomProblem(Random random)
    {
        string[] Some(int most) => [.. Enumerable.Range(0, random.Next(1, most + 1)).Select(_ => $"f{random.Next(8)}").Distinct()];
        var operators = Enumerable.Range(0, 12).Select(i => new PlanningOperator($"op{i}") { Preconditions = Some(2), Adds = Some(2), Deletes = Some(2), Cost = random.Next(1, 20) / 4.0 });
        return new(new PlanningDomain([.. operators]), new Dictionary<string, string>()) { Initial = Some(3), Goals = Some(3) };
    }

    /// <summary>A minute passes each time somebody looks.</summary>
    private sealed class Hurried : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => _now += 60;
    }
}
