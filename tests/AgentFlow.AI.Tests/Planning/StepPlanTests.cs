using System.Text.Json;

namespace AgentFlow.AI.Tests.Planning;

/// <summary>Plans of steps become plans for the executor, in which what may run in parallel does.</summary>
public class StepPlanTests
{
    [Fact]
    public async Task The_executor_runs_it_in_parallel_and_reaches_the_goals()
    {
        var problem = Logistics.TwoPackages(Logistics.Domain);
        var made = new ForwardPlanner().Solve(problem, TestContext.Current.CancellationToken).GetPlanOrThrow();
        var world = new World(problem);
        var plan = Plan.Parse(made.ToJson("swap"), world.Catalog);
        Assert.True(plan.Graph.Waves.Count < made.Steps.Count);
        await new PlanAgent(plan).RunAsync(cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(made.Steps.Count, world.Done);
        Assert.All(problem.Goals, goal => Assert.True(world.Has(goal)));
    }

    [Fact]
    public void Every_order_that_keeps_to_the_dependencies_works()
    {
        var random = new Random(5);
        var problems = new[] { Logistics.TwoPackages(Logistics.Domain), BlocksWorld.Problem(["abc", "de"], ["ea", "cdb"]), BlocksWorld.Problem(["ab", "cd"], ["ba", "dc"]) };
        foreach (var problem in problems)
        {
            var plan = new ForwardPlanner(PlanningHeuristic.RelaxedPlan).Solve(problem, TestContext.Current.CancellationToken).GetPlanOrThrow();
            for (var round = 0; round < 100; round++)
            {
                var state = problem.Initial.Select(Simulator.Flat).ToHashSet();
                foreach (var place in Shuffled(plan, random))
                {
                    state = Simulator.Do(problem, state, plan.Steps[place]);
                }

                Assert.All(problem.Goals, goal => Assert.Contains(Simulator.Flat(goal), state));
            }
        }
    }

    [Fact]
    public void Links_tell_what_each_step_is_for()
    {
        var plan = new ForwardPlanner().Solve(BlocksWorld.Problem(["ca", "b"], ["abc"]), TestContext.Current.CancellationToken).GetPlanOrThrow();
        Assert.Contains(new CausalLink(0, 2, Fact.Parse("clear(a)")), plan.Links);
        Assert.Contains(new CausalLink(null, 0, Fact.Parse("on(c, a)")), plan.Links);
        Assert.Contains(new CausalLink(1, null, Fact.Parse("on(b, c)")), plan.Links);
        Assert.Equal([1], plan.DependenciesOf(2));
        Assert.Equal([0], plan.DependenciesOf(1)); // c must be moved before something is on it.
        Assert.Empty(plan.DependenciesOf(0));
    }

    [Fact]
    public void Steps_that_have_nothing_to_do_with_each_other_do_not_wait()
    {
        var plan = new ForwardPlanner().Solve(BlocksWorld.Problem(["ab", "cd"], ["a", "b", "c", "d"]), TestContext.Current.CancellationToken).GetPlanOrThrow();
        Assert.Equal(2, plan.Steps.Count);
        Assert.All([0, 1], place => Assert.Empty(plan.DependenciesOf(place)));
        using var json = JsonDocument.Parse(plan.ToJson(maxParallel: 2));
        Assert.All(json.RootElement.GetProperty("actions").EnumerateArray(), action => Assert.False(action.TryGetProperty("depends_on", out _)));
        Assert.Equal(2, json.RootElement.GetProperty("max_parallel").GetInt32());
    }

    [Fact]
    public void A_plan_without_steps_is_not_for_the_executor()
    {
        var plan = new ForwardPlanner().Solve(BlocksWorld.Problem(["ab"], ["ab"]), TestContext.Current.CancellationToken).GetPlanOrThrow();
        Assert.Throws<InvalidOperationException>(() => plan.ToJson());
    }

    private static List<int> Shuffled(StepPlan plan, Random random)
    {
        var order = new List<int>();
        while (order.Count < plan.Steps.Count)
        {
            var ready = Enumerable.Range(0, plan.Steps.Count).Where(i => !order.Contains(i) && plan.DependenciesOf(i).All(order.Contains)).ToArray();
            order.Add(ready[random.Next(ready.Length)]);
        }

        return order;
    }

    /// <summary>A world whose tools are the operators, by their texts.</summary>
    private sealed class World
    {
        private readonly Lock _gate = new();
        private readonly PlanningProblem _problem;
        private HashSet<string> _state;

        public World(PlanningProblem problem)
        {
            _problem = problem;
            _state = problem.Initial.Select(Simulator.Flat).ToHashSet();
            foreach (var op in problem.Domain.Operators)
            {
                Catalog.AddTool(op.Name, (arguments, _, _) => Do(op, arguments));
            }
        }

        public PlanCatalog Catalog { get; } = new();

        public int Done { get; private set; }

        public bool Has(string fact) => _state.Contains(Simulator.Flat(fact));

        private async ValueTask<JsonElement> Do(PlanningOperator op, JsonElement arguments)
        {
            await Task.Yield();
            var name = $"{op.Name}({string.Join(", ", op.Parameters.Select(parameter => arguments.GetProperty(parameter.Name[1..]).GetString()))})";
            lock (_gate)
            {
                var step = new ForwardPlanner(PlanningHeuristic.None).Solve(StepOnly(op, arguments), CancellationToken.None).GetPlanOrThrow().Steps.Single();
                Assert.Equal(name, step.Name);
                _state = Simulator.Do(_problem, _state, step);
                Done++;
            }

            return JsonElement.Parse("true");
        }

        /// <summary>The step with these objects, by a problem that only it solves.</summary>
        private PlanningProblem StepOnly(PlanningOperator op, JsonElement arguments)
        {
            string Bound(string text) => op.Parameters.OrderByDescending(static p => p.Name.Length).Aggregate(text, (bound, p) => bound.Replace(p.Name, arguments.GetProperty(p.Name[1..]).GetString(), StringComparison.Ordinal));
            return new(_problem.Domain, _problem.Objects)
            {
                Initial = [.. op.Preconditions.Where(static text => !text.Contains("!=", StringComparison.Ordinal)).Select(Bound)],
                Goals = [.. op.Adds.Select(Bound)],
            };
        }
    }
}
