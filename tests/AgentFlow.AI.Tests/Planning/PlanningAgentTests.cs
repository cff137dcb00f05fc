using AgentFlow.Testing;

namespace AgentFlow.AI.Tests.Planning;

/// <summary>Plans meet a world that does not do what it should.</summary>
public sealed class PlanningAgentTests
{
    [Fact]
    public async Task Where_nothing_goes_wrong_the_first_plan_is_done()
    {
        var problem = BlocksWorld.Problem(["ca", "b"], ["abc"]);
        var run = await RunAsync(new ForwardPlanner(), problem, new World(problem), null, TestContext.Current.CancellationToken);
        Assert.Equal(PlanningEnd.Succeeded, run.End);
        Assert.Equal(0, run.Replans);
        Assert.Equal(3, run.Steps.Length);
        Assert.All(run.Steps, static step => Assert.Equal(StepOutcome.Done, step.Outcome));
    }

    [Fact]
    public async Task A_step_that_fails_once_is_tried_again()
    {
        var problem = BlocksWorld.Problem(["ca", "b"], ["abc"]);
        var world = new World(problem) { Before = (name, count) => count == 2 ? throw new IOException($"slipped at {name}") : true };
        var events = new List<AgentEvent>();
        await foreach (var e in new PlanningAgent(new ForwardPlanner(), problem.Domain, problem.Objects, world).StreamAsync(Request(problem), TestContext.Current.CancellationToken))
        {
            events.Add(e);
        }

        Assert.True(events[^1].TryGetValue<PlanningProgress>(out var run));
        Assert.True(Assert.Single(events, static e => e.Name == "failure").TryGetValue<Exception>(out var thrown));
        Assert.IsType<IOException>(thrown);
        Assert.Equal(PlanningEnd.Succeeded, run.End);
        Assert.Equal(1, run.Replans);
        var failed = Assert.Single(run.Steps, static step => step.Outcome == StepOutcome.Failed);
        Assert.Equal("slipped at stack(b, c)", failed.Error);
        Assert.Equal("stack(b, c)", failed.Step);
    }

    [Fact]
    public async Task A_step_that_never_works_is_gone_around()
    {
        var problem = BlocksWorld.Problem(["ab", "c"], ["ac", "b"]);
        var world = new World(problem) { Before = static (name, _) => name == "move(a, b, c)" ? throw new InvalidOperationException() : true };
        var run = await RunAsync(new ForwardPlanner(), problem, world, null, TestContext.Current.CancellationToken);
        Assert.Equal(PlanningEnd.Succeeded, run.End);
        Assert.Equal(["move(a, b, c)", "move(a, b, c)", "unstack(a, b)", "stack(a, c)"], run.Steps.Select(static step => step.Step));
    }

    [Fact]
    public async Task A_step_without_its_effect_is_noticed()
    {
        var problem = BlocksWorld.Problem(["a", "b"], ["ab"]);
        var world = new World(problem) { Before = static (_, count) => count != 1 };
        var run = await RunAsync(new ForwardPlanner(), problem, world, null, TestContext.Current.CancellationToken);
        Assert.Equal(PlanningEnd.Succeeded, run.End);
        Assert.Equal([StepOutcome.EffectsMissing, StepOutcome.Done], run.Steps.Select(static step => step.Outcome));
        Assert.Contains("on(a, b)", run.Steps[0].Facts);
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
        var run = await RunAsync(new ForwardPlanner(), problem, world, null, TestContext.Current.CancellationToken);
        Assert.Equal(PlanningEnd.Succeeded, run.End);
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
        var run = await RunAsync(new ForwardPlanner(), problem, world, null, TestContext.Current.CancellationToken);
        Assert.Equal(PlanningEnd.Succeeded, run.End);
        Assert.Equal(0, run.Replans);
        Assert.Equal([StepOutcome.Failed, StepOutcome.Done], run.Steps.Select(static step => step.Outcome));
    }

    [Fact]
    public async Task Methods_are_broken_down_anew_from_where_the_world_is()
    {
        var problem = Logistics.OnePackage(Logistics.Domain);
        var world = new World(problem) { Before = static (_, count) => count % 4 == 0 ? throw new IOException() : true };
        var run = await RunAsync(new HybridPlanner(), problem, world, null, TestContext.Current.CancellationToken);
        Assert.Equal(PlanningEnd.Succeeded, run.End);
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
            var run = await RunAsync(new ForwardPlanner(), problem, world, new() { MaxReplans = 20, FailuresPerStep = 5 }, TestContext.Current.CancellationToken);
            var goals = problem.Goals.Select(Fact.Parse);
            Assert.Equal(run.End == PlanningEnd.Succeeded, goals.All(world.State.Contains));
            succeeded += run.End == PlanningEnd.Succeeded ? 1 : 0;
        }

        Assert.True(succeeded >= 45, $"{succeeded}");
    }

    [Fact]
    public async Task Replanning_is_bounded()
    {
        var problem = BlocksWorld.Problem(["ca", "b"], ["abc"]);
        var world = new World(problem) { Before = static (_, _) => false };
        var token = TestContext.Current.CancellationToken;
        Assert.Equal(PlanningEnd.ReplanLimit, (await RunAsync(new ForwardPlanner(), problem, world, new() { MaxReplans = 3, FailuresPerStep = 100 }, token)).End);
        Assert.Equal(PlanningEnd.StepLimit, (await RunAsync(new ForwardPlanner(), problem, world, new() { MaxReplans = 300, FailuresPerStep = 100, MaxSteps = 5 }, token)).End);
        var given = await RunAsync(new ForwardPlanner(), problem, world, new() { MaxReplans = 300, FailuresPerStep = 1 }, token);
        Assert.Equal(PlanningEnd.NoPlan, given.End);
        Assert.Equal(PlanningStatus.Exhausted, given.Planning);
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
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunAsync(new ForwardPlanner(), problem, world, null, source.Token).AsTask());
    }

    [Fact]
    public async Task Thoughts_tell_the_plan_and_actions_the_steps()
    {
        var problem = BlocksWorld.Problem(["ca", "b"], ["abc"]);
        var events = new List<AgentEvent>();
        await foreach (var e in new PlanningAgent(new ForwardPlanner(), problem.Domain, problem.Objects, new World(problem)).StreamAsync(Request(problem), TestContext.Current.CancellationToken))
        {
            events.Add(e);
        }

        Assert.Equal(["Plan: unstack(c, a), stack(b, c), stack(a, b)"], events.Where(static e => e.Kind == AgentEventKind.Thought).Select(static e => e.Message));
        Assert.Equal(3, events.Count(static e => e is { Kind: AgentEventKind.ActionCompleted, Action: "Act" }));
    }

    [Fact]
    public async Task It_ends_when_the_time_is_up_though_a_step_hangs()
    {
        var clock = new ManualTimeProvider();
        var problem = BlocksWorld.Problem(["ca", "b"], ["abc"]);
        var world = new HangingWorld(problem);
        var run = new PlanningAgent(new ForwardPlanner(), problem.Domain, problem.Objects, world, new() { MaxDuration = TimeSpan.FromMinutes(1) })
            .RunAsync(Request(problem), new RunOptions { TimeProvider = clock }, TestContext.Current.CancellationToken).AsTask();
        await world.Hangs.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        clock.Advance(TimeSpan.FromMinutes(1));
        var ended = await run.WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Equal((PlanningEnd.TimeLimit, StepOutcome.Failed), (ended.End, Assert.Single(ended.Steps).Outcome));
    }

    [Fact]
    public async Task Crashes_at_every_step_lose_nothing()
    {
        var problem = BlocksWorld.Problem(["ca", "b"], ["abc"]);
        var world = new PatientWorld(problem);
        var agent = new PlanningAgent(new ForwardPlanner(), problem.Domain, problem.Objects, world);
        var report = await Simulate.Agent(agent, Request(problem)).Limit(orders: 3, ordersWithCrashes: 2).ExploreAsync(TestContext.Current.CancellationToken);
        Assert.True(report.Crashes > 15, report.ToString());
        Assert.Superset(Fact.ParseAll(problem.Goals).ToHashSet(), world.State);
    }

    private static PlanningRequest Request(PlanningProblem problem) => new([.. problem.Goals]) { Tasks = [.. problem.Tasks] };

    private static ValueTask<PlanningProgress> RunAsync(IPlanner planner, PlanningProblem problem, World world, PlanningAgentOptions? options, CancellationToken cancellationToken) =>
        new PlanningAgent(planner, problem.Domain, problem.Objects, world, options).RunAsync(Request(problem), cancellationToken);

    /// <summary>What is done again by the same key is done once. Whoever looks for the first time begins anew.</summary>
    private sealed class PatientWorld(PlanningProblem problem) : IPlanWorld
    {
        private readonly HashSet<string> _keys = [];

        public HashSet<Fact> State { get; } = [];

        public ValueTask<IReadOnlySet<Fact>> ObserveAsync(ActionContext context, CancellationToken cancellationToken)
        {
            if (context.Iteration == 1)
            {
                _keys.Clear();
                State.Clear();
                State.UnionWith(Fact.ParseAll(problem.Initial));
            }

            return new(new HashSet<Fact>(State));
        }

        public ValueTask ExecuteAsync(PlanStep planStep, ActionContext context, CancellationToken cancellationToken)
        {
            if (_keys.Add(context.IdempotencyKey))
            {
                Assert.All(planStep.Needs, need => Assert.Contains(need, State));
                State.ExceptWith(planStep.Deletes);
                State.UnionWith(planStep.Adds);
            }

            return default;
        }
    }

    private sealed class HangingWorld(PlanningProblem problem) : IPlanWorld
    {
        public TaskCompletionSource Hangs { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ValueTask<IReadOnlySet<Fact>> ObserveAsync(ActionContext context, CancellationToken cancellationToken) => new(Fact.ParseAll(problem.Initial));

        public async ValueTask ExecuteAsync(PlanStep planStep, ActionContext context, CancellationToken cancellationToken)
        {
            var never = new TaskCompletionSource();
            Hangs.SetResult();
            await never.Task.WaitAsync(cancellationToken);
        }
    }

    private sealed class World(PlanningProblem problem) : IPlanWorld
    {
        private int _count;

        /// <summary>Given a step and how many there were, this one included: whether it has its effect.</summary>
        public Func<string, int, bool> Before { get; init; } = static (_, _) => true;

        public Action<HashSet<Fact>, int> After { get; init; } = static (_, _) => { };

        public HashSet<Fact> State { get; } = [.. Fact.ParseAll(problem.Initial)];

        public ValueTask<IReadOnlySet<Fact>> ObserveAsync(ActionContext context, CancellationToken cancellationToken) => new(new HashSet<Fact>(State));

        public ValueTask ExecuteAsync(PlanStep planStep, ActionContext context, CancellationToken cancellationToken)
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
