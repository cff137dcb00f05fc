namespace AgentFlow.AI.Tests.Planning.Pddl;

/// <summary>Random problems in all of the language, against brute force that shares nothing with the planners.</summary>
public class RandomPddlTests
{
    private static readonly PlanningLimits s_limits = new() { MaxNodes = 1_000_000, Timeout = TimeSpan.FromMinutes(2) };

    private static readonly int s_count = PddlData.IsLong ? 4_000 : 600;

    [Theory, InlineData(1), InlineData(2)]
    public void Every_optimal_planner_finds_what_brute_force_finds(int seed)
    {
        var token = TestContext.Current.CancellationToken;
        var (solved, conditional) = (0, 0);
        for (var i = 0; i < s_count; i++)
        {
            var task = new RandomPddl(new Random((seed * 1_000_003) + i)).Next();
            var world = new PddlWorld(task, byMetric: true);
            var (cost, _) = world.Cheapest(token);
            var problem = PddlTranslation.ProblemOf(task, byMetric: true);
            foreach (var (name, planner) in Planners())
            {
                var result = planner.Solve(problem, token);
                Assert.True((cost is null ? PlanningStatus.Exhausted : PlanningStatus.Solved) == result.Status, $"{name} on {i}: {result.Status}, brute force {cost}");
                if (result.Plan is { } plan)
                {
                    Assert.True(plan.Cost == world.CostOf(plan.Steps.Select(static step => step.Name)), $"{name} on {i}: the plan costs something else.");
                    Assert.True(name == "relaxed" ? !result.IsOptimal && plan.Cost >= cost : result.IsOptimal && plan.Cost == cost, $"{name} on {i}: {plan.Cost} and {cost}");
                    conditional += plan.Steps.Any(static step => step.ConditionalEffects.Count > 0) ? 1 : 0;
                }
            }

            solved += cost > 0 ? 1 : 0;
        }

        // Enough of them are of interest.
        Assert.True(solved > s_count / 10 && conditional > s_count / 5, $"{solved} were solved, {conditional} plans with conditional effects.");
    }

    /// <summary>Whatever order keeps to what the steps wait for leads to the goals, at the same cost.</summary>
    [Fact]
    public void Every_order_that_dependencies_allow_works()
    {
        var token = TestContext.Current.CancellationToken;
        var others = 0;
        for (var i = 0; i < s_count; i++)
        {
            var random = new Random(50_000 + i);
            var task = new RandomPddl(random).Next();
            if (new ForwardPlanner(PlanningHeuristic.RelaxedPlan, s_limits).Solve(PddlTranslation.ProblemOf(task, byMetric: true), token).Plan is not { Steps.Count: > 1 } plan)
            {
                continue;
            }

            var world = new PddlWorld(task, byMetric: true);
            var left = Enumerable.Range(0, plan.Steps.Count).ToList();
            var order = new List<int>();
            while (left.Count > 0)
            {
                var free = left.Where(step => !plan.DependenciesOf(step).Any(left.Contains)).ToList();
                order.Add(free[random.Next(free.Count)]);
                left.Remove(order[^1]);
            }

            others += order.SequenceEqual(order.Order()) ? 0 : 1;
            Assert.Equal(plan.Cost, world.CostOf(order.Select(step => plan.Steps[step].Name)));
        }

        Assert.True(others > 0, "No plan had two orders.");
    }

    /// <summary>What a search has found can be said as tasks, and be done by planners that break tasks down.</summary>
    [Fact]
    public void Planners_that_break_tasks_down_do_the_same_steps_to_the_same_end()
    {
        var token = TestContext.Current.CancellationToken;
        for (var i = 0; i < s_count; i++)
        {
            var task = new RandomPddl(new Random(90_000 + i)).Next();
            var problem = PddlTranslation.ProblemOf(task, byMetric: true);
            var found = new ForwardPlanner(limits: s_limits).Solve(problem, token);
            var hybrid = new HybridPlanner(limits: s_limits).Solve(problem, token);
            Assert.Equal((found.Status, found.Plan?.Cost), (hybrid.Status, hybrid.Plan?.Cost));
            if (found.Plan is { Steps.Count: > 0 } plan)
            {
                var steps = plan.Steps.Select(static step => step.Name).ToList();
                var withTasks = new PlanningProblem(problem.Domain, problem.Objects) { Initial = problem.Initial, Goals = problem.Goals, Tasks = steps };
                Assert.Equal(steps, new HierarchicalPlanner(s_limits).Solve(withTasks, token).GetPlanOrThrow().Steps.Select(static step => step.Name));

                // One step fewer does not do: the plan was the cheapest, unless the last step was free.
                var fewer = new PlanningProblem(problem.Domain, problem.Objects) { Initial = problem.Initial, Goals = problem.Goals, Tasks = steps[..^1] };
                Assert.True(plan.Steps[^1].Cost == 0 || steps.Count == 1 || new HierarchicalPlanner(s_limits).Solve(fewer, token).Status == PlanningStatus.Exhausted);
            }
        }
    }

    private static IEnumerable<(string Name, IPlanner Planner)> Planners() =>
    [
        ("max", new ForwardPlanner(PlanningHeuristic.Max, s_limits)),
        ("cuts", new ForwardPlanner(PlanningHeuristic.LandmarkCut, s_limits)),
        ("goals", new ForwardPlanner(PlanningHeuristic.GoalCount, s_limits)),
        ("none", new ForwardPlanner(PlanningHeuristic.None, s_limits)),
        ("backward", new BackwardPlanner(s_limits)),
        ("relaxed", new ForwardPlanner(PlanningHeuristic.RelaxedPlan, s_limits)),
    ];
}
