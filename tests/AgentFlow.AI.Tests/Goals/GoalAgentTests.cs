using AgentFlow.Testing;

namespace AgentFlow.AI.Tests.Goals;

/// <summary>Goals that are worked off by an agent, and stacks that are kept.</summary>
public sealed class GoalAgentTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Goals_are_worked_off_in_their_order_and_each_knows_what_was_made()
    {
        var seen = new List<string>();
        var agent = new GoalAgent((turn, _, _) =>
        {
            lock (seen)
            {
                seen.Add($"{turn.Goal}({string.Join('+', turn.Outputs.Keys.Order(StringComparer.Ordinal))})");
            }

            return new(turn.Goal.Name == "fail" ? throw new FormatException("no") : GoalWork.Reached("the " + turn.Goal));
        });
        var done = await agent.RunAsync(Stack(new Goal("bread") { DependsOn = ["dough"] }, new Goal("dough"), new Goal("fail"), new Goal("after") { DependsOn = ["fail"] }), Ct);
        Assert.Equal(["bread(dough)", "dough()", "fail()"], seen.Order(StringComparer.Ordinal));
        Assert.Equal((true, PatternLimit.None, "the bread"), (done.IsDone, done.Limit, done.Outputs["bread"]));
        Assert.Equal((GoalEnd.WorkFailed, "no"), (done.Stack.Find("fail").End, done.Stack.Find("fail").Reason));
        Assert.Equal(GoalEnd.DependencyFailed, done.Stack.Find("after").End);
    }

    [Fact]
    public async Task An_exception_is_seen_whole_by_whoever_watches()
    {
        var error = new FormatException("no");
        var seen = new List<Exception>();
        await foreach (var e in new GoalAgent((_, _, _) => throw error).StreamAsync(Stack(new Goal("a")), Ct))
        {
            if (e is { Kind: AgentEventKind.Custom, Name: "failure" } && e.TryGetValue<Exception>(out var failure))
            {
                seen.Add(failure);
            }
        }

        Assert.Same(error, Assert.Single(seen));
        Assert.Contains(nameof(GoalAgentTests), error.StackTrace, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Work_waits_for_subgoals_and_goes_on_with_what_they_made()
    {
        var agent = new GoalAgent(static (turn, _, _) => new(turn switch
        {
            { Goal.Name: "bake", IsContinued: false } => GoalWork.Waits(new Goal("find recipe"), new Goal("heat oven")),
            { Goal.Name: "bake" } => GoalWork.Reached(string.Join(" and ", turn.Outputs.Values.Order(StringComparer.Ordinal))),
            _ => GoalWork.Reached(turn.Goal.Name),
        }));
        Assert.Equal("find recipe and heat oven", (await agent.RunAsync(Stack(new Goal("bake")), Ct)).Outputs["bake"]);

        var impossible = new GoalAgent(static (_, _, _) => new(GoalWork.Waits(new Goal("a") { DependsOn = ["nobody"] })));
        var failed = (await impossible.RunAsync(Stack(new Goal("bake")), Ct)).Stack.Find("bake");
        Assert.Equal(GoalState.Failed, failed.State);
        Assert.Contains("'nobody'", failed.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Goals_share_resources_and_a_deadlock_is_opened()
    {
        var (at, most, starts) = (0, 0, new List<string>());
        var agent = new GoalAgent(async (turn, _, _) =>
        {
            lock (starts)
            {
                starts.Add(turn.Goal.Name + (turn.IsContinued ? "+" : "") + turn.Preemptions);
            }

            if (turn.Goal.Name is "left" or "right" && !turn.IsContinued && turn.Preemptions == 0)
            {
                // Each holds what the other wants.
                return new GoalWork(GoalState.Waiting) { Resources = new() { [turn.Goal.Name == "left" ? "y" : "x"] = 1 } };
            }

            most = Math.Max(most, turn.Goal.Resources.ContainsKey("x") ? Interlocked.Increment(ref at) : 0);
            await Task.Yield();
            _ = turn.Goal.Resources.ContainsKey("x") ? Interlocked.Decrement(ref at) : 0;
            return GoalWork.Reached();
        });
        var done = await agent.RunAsync(Stack(Needs("left", "x", 7), Needs("right", "y", 3), Needs("third", "x", 1)), Ct);
        Assert.All(done.Stack.Goals, static goal => Assert.Equal(GoalState.Completed, goal.State));
        Assert.Equal(1, most);
        Assert.Equal(["left0", "right0", "left+0", "right1"], starts.Where(static start => !start.StartsWith("third", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_goal_that_has_a_time_is_waited_for()
    {
        var clock = new ManualTimeProvider();
        var agent = new GoalAgent(static (_, context, _) => new(GoalWork.Reached(context.TimeProvider.GetUtcNow().Day.ToString(System.Globalization.CultureInfo.InvariantCulture))));
        var start = clock.GetUtcNow();
        var run = agent.RunAsync(Stack(new Goal("later") { NotBefore = start.AddDays(3) }), new RunOptions { TimeProvider = clock }, Ct).AsTask();
        while (!run.IsCompleted)
        {
            await Task.WhenAny(run, clock.WhenArmed()).WaitAsync(Patience, Ct);
            if (clock.NextTimer is { } next)
            {
                clock.Advance(next);
            }
        }

        Assert.Equal(GoalState.Completed, (await run).Stack.Find("later").State);
        Assert.Equal(start.AddDays(3), clock.GetUtcNow());
    }

    [Fact]
    public async Task Rounds_tokens_and_time_are_bounded_and_what_is_open_stays_so()
    {
        var spender = new GoalAgent(
            static (_, context, _) =>
            {
                context.ReportUsage(100);
                return new(GoalWork.Reached());
            },
            new() { MaxParallel = 1, MaxTokens = 150 });
        var chain = Stack(new Goal("a"), new Goal("b") { DependsOn = ["a"] }, new Goal("c") { DependsOn = ["b"] });
        var spent = await spender.RunAsync(chain, Ct);
        Assert.Equal((PatternLimit.Tokens, GoalState.Completed, GoalState.Pending), (spent.Limit, spent.Stack.Find("b").State, spent.Stack.Find("c").State));

        var rounds = await new GoalAgent(static (_, _, _) => new(GoalWork.Reached()), new() { MaxRounds = 1 }).RunAsync(chain, Ct);
        Assert.Equal((PatternLimit.Rounds, GoalState.Pending), (rounds.Limit, rounds.Stack.Find("b").State));

        var clock = new ManualTimeProvider();
        var slow = new GoalAgent(
            static async (turn, context, ct) =>
            {
                await Task.Delay(turn.Goal.Name == "a" ? TimeSpan.FromMinutes(1) : TimeSpan.FromHours(1), context.TimeProvider, ct);
                return GoalWork.Reached();
            },
            new() { MaxDuration = TimeSpan.FromMinutes(10) });
        var run = slow.RunAsync(chain, new RunOptions { TimeProvider = clock }, Ct).AsTask();
        var start = clock.GetUtcNow();
        while (!run.IsCompleted)
        {
            await Task.WhenAny(run, clock.WhenArmed()).WaitAsync(Patience, Ct);
            if (clock.NextTimer is { } next)
            {
                clock.Advance(next);
            }
        }

        var late = await run;
        Assert.Equal((PatternLimit.Time, GoalState.Completed, GoalState.Cancelled), (late.Limit, late.Stack.Find("a").State, late.Stack.Find("b").State));
        Assert.Equal(start.AddMinutes(10), clock.GetUtcNow());
    }

    [Fact]
    public async Task What_was_under_way_when_the_stack_was_captured_is_worked_on()
    {
        var stack = new GoalStack();
        stack.Push(new Goal("a"), new Goal("b") { DependsOn = ["a"] });
        stack.StartNext();
        var done = await new GoalAgent(static (_, _, _) => new(GoalWork.Reached())).RunAsync(stack.Capture(), Ct);
        Assert.All(done.Stack.Goals, static goal => Assert.Equal(GoalState.Completed, goal.State));
    }

    [Fact]
    public async Task Crashes_at_every_step_change_nothing()
    {
        var agent = new GoalAgent(static (turn, _, _) => new(turn is { Goal.Name: "bread", IsContinued: false } ? GoalWork.Waits(new Goal("recipe")) : GoalWork.Reached(turn.Goal.Name + turn.Outputs.Count)));
        var report = await Simulate.Agent(agent, Stack(new Goal("bread") { DependsOn = ["dough"] }, new Goal("dough"), new Goal("tea"))).Limit(orders: 10, ordersWithCrashes: 3).ExploreAsync(Ct);
        Assert.True(report.Crashes > 20, report.ToString());
    }

    [Theory]
    [InlineData("{\"Resources\":{},\"Goals\":[{\"Name\":\"a\"},{\"Name\":\"a\"}]}", "two goals 'a'")]
    [InlineData("{\"Resources\":{},\"Goals\":[{\"Name\":\" \"}]}", "of no stack")]
    [InlineData("{\"Resources\":{\"x\":0},\"Goals\":[]}", "of no stack")]
    [InlineData("{\"Resources\":{},\"Goals\":[{\"Name\":\"a\",\"State\":77}]}", "cannot stand")]
    [InlineData("{\"Resources\":{},\"Goals\":[{\"Name\":\"a\",\"State\":3}]}", "cannot stand")]
    [InlineData("{\"Resources\":{},\"Goals\":[{\"Name\":\"a\",\"Awaits\":[\"b\"]}]}", "'b', which is not in it")]
    [InlineData("{\"Resources\":{},\"Goals\":[{\"Name\":\"a\",\"After\":[\"b\"]}]}", "'b', which is not in it")]
    [InlineData("{\"Resources\":{},\"Goals\":[{\"Name\":\"a\",\"DependsOn\":[\"b\"]},{\"Name\":\"b\",\"DependsOn\":[\"a\"]}]}", "circle")]
    [InlineData("{\"Resources\":{},\"Goals\":[{\"Name\":\"a\",\"Needs\":{\"x\":1}}]}", "no resource of the stack")]
    [InlineData("{\"Resources\":{\"x\":1},\"Goals\":[{\"Name\":\"a\",\"State\":1,\"Holds\":{\"x\":1}},{\"Name\":\"b\",\"State\":1,\"Holds\":{\"x\":1}}]}", "hold 2 of 'x'")]
    [InlineData("{\"Resources\":{},\"Goals\":[{\"Name\":\"a\",\"State\":1,\"Holds\":{\"x\":1}}]}", "hold 1 of 'x'")]
    [InlineData("{\"Resources\":{},\"Goals\":[{\"Name\":\"a\",\"Passes\":-1}]}", "cannot stand")]
    public void A_snapshot_that_is_of_no_stack_is_refused(string json, string why)
    {
        var snapshot = System.Text.Json.JsonSerializer.Deserialize<GoalStackSnapshot>(json)!;
        Assert.Contains(why, Assert.Throws<GoalException>(() => GoalStack.Restore(snapshot)).Message, StringComparison.Ordinal);
    }

    private static Goal Needs(string name, string resource, int priority) => new(name) { Priority = priority, Resources = new Dictionary<string, int> { [resource] = 1 } };

    private static GoalStackSnapshot Stack(params Goal[] goals)
    {
        var stack = new GoalStack(new Dictionary<string, int> { ["x"] = 1, ["y"] = 1 });
        stack.Push(goals);
        return stack.Capture();
    }
}
