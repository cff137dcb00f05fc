using AgentFlow.AI.Tests.Planning;
using AgentFlow.Testing;
using AgentFlow.Tests;

#pragma warning disable xUnit1051 // The page does not pass the tests' token.

namespace AgentFlow.AI.Tests.Goals;

/// <summary>What the page about goals shows is in this file, where it is compiled and run.</summary>
public class GoalGuideTests
{
    [Fact]
    public void Every_line_of_the_page_is_compiled() => GuidePage.IsCompiledHere("goals.md", 25);

    [Fact]
    public async Task What_the_page_shows_works()
    {
        var ct = TestContext.Current.CancellationToken;
        var clock = new ManualTimeProvider();
        var stack = new GoalStack(new Dictionary<string, int> { ["van"] = 1, ["driver"] = 2 }, new() { TimeProvider = clock });
        IReadOnlyList<GoalConflict> conflicts = stack.Push(
            new Goal("buy flour") { Resources = new Dictionary<string, int> { ["van"] = 1, ["driver"] = 1 } },
            new Goal("bake") { Priority = 8, DependsOn = ["buy flour"], Deadline = clock.GetUtcNow().AddHours(6), Duration = TimeSpan.FromHours(2) });
        Assert.Equal(GoalResolution.Inherit, Assert.Single(conflicts, static c => c.Kind == GoalConflictKind.Priority).Resolution);
        await ShowAsync(stack, ct);
        Assert.All(stack.Goals, static goal => Assert.Equal(GoalState.Completed, goal.State));
    }

    [Fact]
    public void A_goal_waits_for_its_subgoals()
    {
        var stack = new GoalStack(new Dictionary<string, int> { ["driver"] = 2 });
        stack.Push(new Goal("bake"));
        stack.StartNext();
        stack.Push(new Goal("find recipe") { Priority = 3 });
        stack.Wait("bake", ["find recipe"], new Dictionary<string, int> { ["driver"] = 1 });
        foreach (var deadlock in stack.ResolveDeadlocks())
        {
            Console.WriteLine($"{string.Join(" → ", deadlock.Circle)}: the work of {deadlock.Victim} is void");
        }

        Assert.Equal("find recipe", stack.StartNext()?.Name);
        stack.Complete("find recipe");
        Assert.Equal("bake", stack.StartNext()?.Name);
    }

    [Fact]
    public async Task An_agent_works_them_off()
    {
        await using var runtime = new AgentRuntime(new MemorySessionStore());
        var stack = new GoalStack();
        stack.Push(new Goal("bake"));
        var agent = new GoalAgent(async (turn, context, ct) => turn switch
        {
            { Goal.Name: "bake", IsContinued: false } => GoalWork.Waits(new Goal("find recipe")),
            _ => GoalWork.Reached(await MakeAsync(turn.Goal, turn.Outputs, ct)),
        });
        var session = await runtime.StartOrResumeAsync(agent, stack.Capture(), new() { Id = "bakery" });
        GoalProgress done = await session.Result;
        Console.WriteLine($"{done.Stack.Find("bake").State}: {done.Outputs["bake"]}");
        Assert.Equal("bake with find recipe", done.Outputs["bake"]);
    }

    private static Task<string> MakeAsync(Goal goal, IReadOnlyDictionary<string, string> outputs, CancellationToken ct) =>
        Task.FromResult(outputs.Count == 0 ? goal.Name : $"{goal.Name} with {string.Join(", ", outputs.Keys)}");

    private static async Task ShowAsync(GoalStack stack, CancellationToken ct)
    {
        while (stack.StartNext() is { } goal)
        {
            try
            {
                await WorkAsync(goal, ct);
                stack.Complete(goal.Name);
            }
            catch (IOException e)
            {
                stack.Fail(goal.Name, e.Message);
            }
        }
    }

    private static Task WorkAsync(Goal goal, CancellationToken ct) => Task.CompletedTask;
}
