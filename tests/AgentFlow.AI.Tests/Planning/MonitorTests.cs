namespace AgentFlow.AI.Tests.Planning;

/// <summary>Plans meet a world that does not do what it should.</summary>
public class MonitorTests
{
    [Fact]
    public async Task Where_nothing_goes_wrong_the_first_plan_is_done()
    {
        var problem = BlocksWorld.Problem(["ca", "b"], ["abc"]);
        var run = await new PlanMonitor(new ForwardPlanner()).RunAsync(problem, new World(problem), TestContext.Current.CancellationToken);
        Assert.Equal(MonitorStatus.Succeeded, run.Status);
        Assert.Equal(0, run.Replans);
        Assert.Equal(3, run.Steps.Count);
        Assert.All(run.Steps, static step => Assert.Equal(StepOutcome.Done, step.Outcome));
    }

    [Fact]
    public async Task A_step_that_fails_once_is_tried_again()
    {
        var problem = BlocksWorld.Problem(["ca", "b"], ["abc"]);
        var world = new World(problem) { Before = (name, count) => count == 2 ? throw new IOException($"slipped at {name}") : true };
        var run = await new PlanMonitor(new ForwardPlanner()).RunAsync(problem, world, TestContext.Current.CancellationToken);
        Assert.Equal(MonitorStatus.Succeeded, run.Status);
        Assert.Equal(1, run.Replans);
        var failed = Assert.Single(run.Steps, static step => step.Outcome == StepOutcome.Failed);
        Assert.IsType<IOException>(failed.Error);
        Assert.Equal("stack(b, c)", failed.Step.Name);
    }

    [Fact]
    public async Task A_step_that_never_works_is_gone_around()
    {
        var problem = BlocksWorld.Problem(["ab", "c"], ["ac", "b"]);
        var world = new World(problem) { Before = static (name, _) => name == "move(a, b, c)" ? throw new InvalidOperationException() : true };
        var run = await new PlanMonitor(new ForwardPlanner()).RunAsync(problem, world, TestContext.Current.CancellationToken);
        Assert.Equal(MonitorStatus.Succeeded, run.Status);
        Assert.Equal(["move(a, b, c)", "move(a, b, c)", "unstack(a, b)", "stack(a, c)"], run.Steps.Select(static step => step.Step.Name));
    }

    [Fact]
    public async Task A_step_without_its_effect_is_noticed()
    {
        var problem = BlocksWorld.Problem(["a", "b"], ["ab"]);
        var world = new World(problem) { Before = static (_, count) => count != 1 };
        var run = await new PlanMonitor(new ForwardPlanner()).RunAsync(problem, world, TestContext.Current.CancellationToken);
        Assert.Equal(MonitorStatus.Succeeded, run.Status);
        Assert.Equal([StepOutcome.EffectsMissing, StepOutcome.Done], run.Steps.Select(static step => step.Outcome));
        Assert.Contains(Fact.Parse("on(a, b)"), run.Steps[0].Facts);
    }

    [Fact]
    public async Task What_somebody_else_undoes_is_done_again()
    {
        var problem = BlocksWorld.Problem(["ca", "b"], ["abc"]);
        var world = new World(problem)
        {
            // After the first step somebody puts c onto b.
            After = static (state, count) =>
            {
                if (count == 1)
                {
                    state.ExceptWith(Fact.ParseAll("table(c)", "clear(b)"));
                    state.Add(Fact.Parse("on(c, b)"));
                }
            },
        };
        var run = await new PlanMonitor(new ForwardPlanner()).RunAsync(problem, world, TestContext.Current.CancellationToken);
        Assert.Equal(MonitorStatus.Succeeded, run.Status);
        Assert.Contains(run.Steps, static step => step.Outcome == StepOutcome.NeedsMissing || step.Outcome == StepOutcome.EffectsMissing);
        Assert.True(run.Replans >= 1);
    }

    [Fact]
    public async Task A_gift_does_not_throw_the_plan_over()
    {
        // A failed step whose work was done by somebody else: the rest of the plan still leads on.
        var problem = BlocksWorld.Problem(["a", "b", "c", "d"], ["ab", "cd"]);
        World world = null!;
        world = new World(problem)
        {
            Before = (name, count) =>
            {
                if (count == 1)
                {
                    world.Apply(name);
                    throw new TimeoutException();
                }

                return true;
            },
        };
        var run = await new PlanMonitor(new ForwardPlanner()).RunAsync(problem, world, TestContext.Current.CancellationToken);
        Assert.Equal(MonitorStatus.Succeeded, run.Status);
        Assert.Equal(0, run.Replans);
        Assert.Equal([StepOutcome.Failed, StepOutcome.Done], run.Steps.Select(static step => step.Outcome));
    }

    [Fact]
    public async Task Methods_are_broken_down_anew_from_where_the_world_is()
    {
        var problem = Logistics.OnePackage(Logistics.Domain);
        var world = new World(problem) { Before = static (_, count) => count % 4 == 0 ? throw new IOException() : true };
        var run = await new PlanMonitor(new HybridPlanner()).RunAsync(problem, world, TestContext.Current.CancellationToken);
        Assert.Equal(MonitorStatus.Succeeded, run.Status);
        Assert.InRange(run.Replans, 1, 10);
    }

    [Fact]
    public async Task Random_failures_and_meddling_never_end_anywhere_but_at_the_goal_or_a_bound()
    {
        var random = new Random(11);
        var succeeded = 0;
        for (var round = 0; round < 50; round++)
        {
            var problem = BlocksWorld.Problem(BlocksWorld.Random(random, 4), BlocksWorld.Random(random, 4));
            var world = new World(problem) { Before = (_, _) => random.NextDouble() switch { < 0.15 => throw new IOException(), < 0.25 => false, _ => true } };
            var run = await new PlanMonitor(new ForwardPlanner(), new() { MaxReplans = 20, FailuresPerStep = 5 }).RunAsync(problem, world, TestContext.Current.CancellationToken);
            var goals = problem.Goals.Select(Fact.Parse);
            Assert.Equal(run.Status == MonitorStatus.Succeeded, goals.All(world.State.Contains));
            succeeded += run.Status == MonitorStatus.Succeeded ? 1 : 0;
        }

        Assert.True(succeeded >= 45, $"{succeeded}");
    }

    [Fact]
    public async Task Replanning_is_bounded()
    {
        var problem = BlocksWorld.Problem(["ca", "b"], ["abc"]);
        var world = new World(problem) { Before = static (_, _) => false };
        var token = TestContext.Current.CancellationToken;
        Assert.Equal(MonitorStatus.ReplanLimit, (await new PlanMonitor(new ForwardPlanner(), new() { MaxReplans = 3, FailuresPerStep = 100 }).RunAsync(problem, world, token)).Status);
        Assert.Equal(MonitorStatus.StepLimit, (await new PlanMonitor(new ForwardPlanner(), new() { MaxReplans = 300, FailuresPerStep = 100, MaxSteps = 5 }).RunAsync(problem, world, token)).Status);
        var given = await new PlanMonitor(new ForwardPlanner(), new() { MaxReplans = 300, FailuresPerStep = 1 }).RunAsync(problem, world, token);
        Assert.Equal(MonitorStatus.NoPlan, given.Status);
        Assert.Equal(PlanningStatus.Exhausted, given.Planning.Status);
    }

    [Fact]
    public async Task Cancelling_is_no_failure_of_a_step()
    {
        using var source = new CancellationTokenSource();
        var problem = BlocksWorld.Problem(["ca", "b"], ["abc"]);
        var world = new World(problem)
        {
            Before = (_, _) =>
            {
                source.Cancel();
                throw new OperationCanceledException(source.Token);
            },
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new PlanMonitor(new ForwardPlanner()).RunAsync(problem, world, source.Token).AsTask());
    }

    private sealed class World(PlanningProblem problem) : IPlanWorld
    {
        private int _count;

        /// <summary>Given a step and how many there were, this one included: whether it has its effect.</summary>
        public Func<string, int, bool> Before { get; init; } = static (_, _) => true;

        public Action<HashSet<Fact>, int> After { get; init; } = static (_, _) => { };

        public HashSet<Fact> State { get; } = [.. Fact.ParseAll(problem.Initial)];

        public ValueTask<IReadOnlySet<Fact>> ObserveAsync(CancellationToken cancellationToken) => new(new HashSet<Fact>(State));

        public ValueTask ExecuteAsync(PlanStep planStep, CancellationToken cancellationToken)
        {
            _last = planStep;
            if (Before(planStep.Name, ++_count))
            {
                Apply(planStep.Name);
            }

            After(State, _count);
            return default;
        }

        public void Apply(string step)
        {
            Assert.Equal(_last!.Name, step);
            Assert.All(_last.Needs, need => Assert.Contains(need, State));
            State.ExceptWith(_last.Deletes);
            State.UnionWith(_last.Adds);
        }

        private PlanStep? _last;
    }
}
