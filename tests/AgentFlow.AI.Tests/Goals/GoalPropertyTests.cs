using System.Text.Json;
using AgentFlow.Testing;

namespace AgentFlow.AI.Tests.Goals;

/// <summary>What holds whatever is pushed, started, held up and ended, in whatever order.</summary>
public class GoalPropertyTests
{
    private static readonly Dictionary<string, int> s_resources = new() { ["x"] = 1, ["y"] = 1, ["z"] = 3 };

    [Theory, InlineData(1), InlineData(2), InlineData(3), InlineData(4)]
    public void Whatever_happens_the_invariants_hold_and_all_comes_to_an_end(int seed)
    {
        var deadlocks = 0;
        for (var round = 0; round < 60; round++)
        {
            var random = new Random((seed * 1000) + round);
            var clock = new ManualTimeProvider();
            var stack = new GoalStack(s_resources, new() { TimeProvider = clock, PassesPerRank = 2 });
            var began = new Dictionary<string, HashSet<string>>();
            var names = new List<string>();
            for (var move = 0; move < 80; move++)
            {
                Move(stack, random, names, began);
                Check(stack, began);
                clock.Advance(TimeSpan.FromMinutes(random.Next(3)));
            }

            deadlocks += WorkOff(stack, clock, began);
            Assert.All(stack.Goals, static goal => Assert.NotEqual(GoalEnd.None, goal.End));
        }

        Assert.True(deadlocks > 20, $"{deadlocks}");
    }

    [Fact]
    public void The_same_moves_have_the_same_outcome()
    {
        Assert.Equal(Run(9, restores: false), Run(9, restores: false));
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3), InlineData(4)]
    public void A_stack_that_is_captured_and_restored_at_every_move_goes_on_as_it_would_have(int seed)
    {
        for (var round = 0; round < 10; round++)
        {
            Assert.Equal(Run((seed * 100) + round, restores: false), Run((seed * 100) + round, restores: true));
        }
    }

    [Theory, InlineData(0, 5), InlineData(0, 1), InlineData(4, 3)]
    public void A_goal_of_low_priority_does_not_starve(int priority, int passesPerRank)
    {
        // There is always one urgent goal for each resource; the old one needs both at once.
        var stack = new GoalStack(s_resources, new() { PassesPerRank = passesPerRank });
        stack.Push(GoalStackTests.Needs("x0", "x", 10), GoalStackTests.Needs("y0", "y", 10));
        var active = new Queue<string>([stack.StartNext()!.Name, stack.StartNext()!.Name]);
        stack.Push(new Goal("old") { Priority = priority, Resources = new Dictionary<string, int> { ["x"] = 1, ["y"] = 1 } });
        var starts = 0;
        while (stack["old"].State == GoalState.Pending && starts < 200)
        {
            var done = active.Dequeue();
            stack.Push(GoalStackTests.Needs($"{done[0]}{++starts}", $"{done[0]}", 10));
            stack.Complete(done);
            while (stack.StartNext() is { } goal)
            {
                active.Enqueue(goal.Name);
            }
        }

        // It overtakes those of priority 10 when it has waited for that many ranks; then those under way have to end.
        Assert.InRange(starts, (10 - priority) * passesPerRank / 2, ((10 - priority + 1) * passesPerRank) + 4);
    }

    [Fact]
    public void A_stream_of_stronger_urgent_goals_does_not_hold_one_back_for_ever()
    {
        var stack = new GoalStack(s_resources, new() { PassesPerRank = 2 });
        stack.Push(GoalStackTests.Needs("old", "x", 8));
        var starts = 0;
        for (; stack["old"].State == GoalState.Pending && starts < 100; starts++)
        {
            stack.Push(GoalStackTests.Needs($"new{starts}", "x", 10));
            var goal = stack.StartNext()!;
            if (goal.Name != "old")
            {
                stack.Complete(goal.Name);
            }
        }

        Assert.InRange(starts, 4, 8);
    }

    [Fact]
    public async Task Many_workers_share_a_stack()
    {
        var stack = new GoalStack(s_resources);
        stack.Push([.. Enumerable.Range(0, 60).Select(static i => new Goal($"g{i}") { DependsOn = i < 20 ? [] : [$"g{i - 20}"], Resources = new Dictionary<string, int> { [i % 3 == 0 ? "z" : "x"] = 1 } })]);
        var (holders, clashes, completed) = (0, 0, 0);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(
            () =>
            {
                while (Volatile.Read(ref completed) < 60)
                {
                    TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
                    if (stack.StartNext() is not { } goal)
                    {
                        Thread.Yield();
                        continue;
                    }

                    if (goal.Resources.ContainsKey("x"))
                    {
                        _ = Interlocked.Increment(ref holders) > 1 ? Interlocked.Increment(ref clashes) : 0;
                        Thread.Yield();
                        Interlocked.Decrement(ref holders);
                    }

                    stack.Complete(goal.Name);
                    Interlocked.Increment(ref completed);
                }
            },
            TestContext.Current.CancellationToken)));
        Assert.Equal((0, 60), (clashes, completed));
        Assert.All(stack.Goals, static goal => Assert.Equal(GoalState.Completed, goal.State));
    }

    private static string Run(int seed, bool restores)
    {
        var random = new Random(seed);
        var clock = new ManualTimeProvider();
        var options = new GoalStackOptions { TimeProvider = clock, MaxGoals = 60 };
        var stack = new GoalStack(s_resources, options);
        var names = new List<string>();
        for (var move = 0; move < 120; move++)
        {
            Move(stack, random, names, []);
            if (restores)
            {
                stack = GoalStack.Restore(JsonSerializer.Deserialize<GoalStackSnapshot>(JsonSerializer.Serialize(stack.Capture()))!, options);
            }
        }

        WorkOff(stack, clock, []);
        return string.Join('\n', stack.Goals.Select(static goal => $"{goal.Goal} {goal.State} {goal.Passes} {goal.Rank} {goal.Reason}"));
    }

    private static void Move(GoalStack stack, Random random, List<string> names, Dictionary<string, HashSet<string>> began)
    {
        var active = stack.Goals.Where(static goal => goal.State == GoalState.Active).Select(static goal => goal.Goal.Name).ToArray();
        var live = stack.Goals.Where(static goal => goal.End == GoalEnd.None).Select(static goal => goal.Goal.Name).ToArray();
        switch (random.Next(8))
        {
            case 0 or 1:
                var name = $"g{names.Count}";
                stack.Push(new Goal(name)
                {
                    Priority = random.Next(11),
                    DependsOn = [.. Enumerable.Range(0, random.Next(3)).Where(_ => live.Length > 0).Select(_ => live[random.Next(live.Length)])],
                    Resources = s_resources.Where(_ => random.Next(3) == 0).ToDictionary(static pair => pair.Key, pair => random.Next(1, pair.Value + 1)),
                    Achieves = random.Next(6) == 0 ? [$"fact{random.Next(3)}"] : [],
                    Prevents = random.Next(6) == 0 ? [$"fact{random.Next(3, 6)}"] : random.Next(10) == 0 ? [$"fact{random.Next(3)}"] : [],
                });
                names.Add(name);
                break;
            case 2 or 3 or 4:
                Start(stack, began);
                break;
            case 5 when active.Length > 0:
                var one = stack[active[random.Next(active.Length)]];
                var free = s_resources.Where(pair => pair.Value > one.Holds.GetValueOrDefault(pair.Key) && random.Next(2) == 0).ToDictionary(static pair => pair.Key, static _ => 1);
                stack.Wait(one.Goal.Name, live.Where(_ => random.Next(6) == 0).Where(other => other != one.Goal.Name), free);
                break;
            case 6 when active.Length > 0:
                stack.Complete(active[random.Next(active.Length)]);
                break;
            case 7 when live.Length > 0 && random.Next(4) == 0:
                stack.Cancel(live[random.Next(live.Length)], "no longer wanted");
                break;
            default:
                break;
        }
    }

    private static bool Start(GoalStack stack, Dictionary<string, HashSet<string>> began)
    {
        if (stack.StartNext() is not { } goal)
        {
            return false;
        }

        // When it begins, all that it depends on is reached.
        Assert.All(goal.DependsOn, dependency => Assert.Equal(GoalState.Completed, stack[dependency].State));
        began[goal.Name] = [];
        return true;
    }

    private static void Check(GoalStack stack, Dictionary<string, HashSet<string>> began)
    {
        var goals = stack.Goals;
        foreach (var (resource, units) in s_resources)
        {
            Assert.True(goals.Sum(goal => goal.Holds.GetValueOrDefault(resource)) <= units, resource);
        }

        Assert.All(goals, goal => Assert.True(goal.Holds.Count == 0 || goal.State is GoalState.Active or GoalState.Waiting));
        Assert.All(goals.Where(static goal => goal.State == GoalState.Active), static goal => Assert.All(goal.Goal.Resources, need => Assert.True(goal.Holds[need.Key] >= need.Value)));
        Assert.All(goals.Where(static goal => goal.State is GoalState.Active or GoalState.Waiting or GoalState.Completed), goal => Assert.Contains(goal.Goal.Name, began.Keys));
    }

    /// <summary>Ends all that can be: at every point something is under way, starts, or is in a deadlock.</summary>
    private static int WorkOff(GoalStack stack, ManualTimeProvider clock, Dictionary<string, HashSet<string>> began)
    {
        var deadlocks = 0;
        while (stack.Goals.FirstOrDefault(static goal => goal.End == GoalEnd.None) is not null)
        {
            while (Start(stack, began))
            {
            }

            if (stack.Goals.FirstOrDefault(static goal => goal.State == GoalState.Active) is { } active)
            {
                stack.Complete(active.Goal.Name);
                continue;
            }

            if (stack.Goals.All(static goal => goal.End != GoalEnd.None))
            {
                break;
            }

            var resolved = stack.ResolveDeadlocks();
            Assert.NotEmpty(resolved);
            deadlocks += resolved.Count;
            clock.Advance(TimeSpan.FromMinutes(1));
        }

        return deadlocks;
    }
}
