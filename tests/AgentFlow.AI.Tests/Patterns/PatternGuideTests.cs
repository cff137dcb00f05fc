using AgentFlow.Testing;
using AgentFlow.Tests;
using Microsoft.Extensions.AI;

#pragma warning disable xUnit1051 // The page does not pass the tests' token.

namespace AgentFlow.AI.Tests.Patterns;

/// <summary>What the page about patterns shows is in this file, where it is compiled and run.</summary>
public sealed class PatternGuideTests
{
    [Fact]
    public void Every_line_of_the_page_is_compiled() => GuidePage.IsCompiledHere("patterns.md", 20);

    [Fact]
    public async Task ReAct_works_as_shown()
    {
        var n = 0;
        var model = new ScriptedChatClient(request => n++ switch
        {
            0 or 2 => ScriptedReply.Call("FindOrder", """{"order":7}"""),
            3 => ScriptedReply.Call("Refund", """{"order":7}"""),
            _ => request.Messages[^1].Contents.OfType<FunctionResultContent>().Single().Result!.ToString()!,
        });
        var tools = new ToolRegistry().AddRange(new Shop().Tools);
        var agent = new ReActAgent(model, tools, new() { MaxSteps = 8, MaxTokens = 20_000 });
        var answer = await agent.RunAsync("What is wrong with order 7?");
        Console.WriteLine($"{answer.Text} ({answer.Steps} steps, {answer.End})");
        Assert.Equal(("order 7: a broken lamp", 2, ReActEnd.Answered), (answer.Text, answer.Steps, answer.End));

        await using var runtime = new AgentRuntime(new MemorySessionStore());
        var session = await runtime.StartOrResumeAsync(agent, "Refund order 7.", new() { Id = "ticket-7" });
        var asked = 0;
        while (await session.WaitAsync() == SessionState.Suspended)
        {
            asked++;
            var requests = await session.GetRequestsAsync();
            var calls = await session.GetCallsAsync();
            foreach (var request in requests)
            {
                Console.WriteLine($"{request.Tool} {calls.First(call => call.Id == request.CallId).Arguments}");
            }

            await session.ApproveAsync([.. requests.Select(request => request.Grant("the lamp is broken"))]);
        }

        Assert.Equal("refunded order 7", (await session.Result).Text);
        Assert.Equal(1, asked);
    }

    [Fact]
    public async Task Reasoning_works_as_shown()
    {
        using var small = new ScriptedChatClient("""{"steps":["hm"],"answer":"41?","confidence":0.2}""");
        using var large = new ScriptedChatClient("""{"steps":["six times seven"],"answer":"42","confidence":0.95}""");
        var thinker = new ChainOfThoughtAgent(small, expert: large, new() { SureEnough = 0.7, AsksPerson = true });
        Assert.Equal(("42", AnsweredBy.Expert), await thinker.RunAsync("6 × 7?") is { Text: var text, By: var by } ? (text, by) : default);

        using var writer = new ScriptedChatClient("draft", "better");
        using var critic = new ScriptedChatClient("""{"score":0.5,"problems":["dull"],"advice":"surprise"}""", """{"score":0.9,"problems":[],"advice":""}""");
        var refined = await new RefinementAgent(writer, critic, new() { GoodEnough = 0.9, MaxRounds = 4 }).RunAsync("A haiku about compilers");
        Assert.Equal("better", refined.Text);

        using var model = new ScriptedChatClient("first", "Mind the empty list.", "second");
        var learner = new ReflexionAgent(model, async (task, attempt, ct) => await PassesAsync(attempt, ct) ? new(true) : new(false, "The sum of an empty list is missing."));
        var learnt = await learner.RunAsync("Write a function that adds up a list");
        Assert.Equal(("second", 2, "Mind the empty list."), (learnt.Text, learnt.Trials, learnt.Lessons.Single()));
    }

    [Fact]
    public async Task Dividing_and_planning_work_as_shown()
    {
        using var model = new ScriptedChatClient(static request => request.Messages[0].Text switch
        {
            var system when system.StartsWith("If the task", StringComparison.Ordinal) => """{"subtasks":[]}""",
            var system when system.StartsWith("Make a plan", StringComparison.Ordinal) => """
                {"actions":[
                  {"name":"a","target":"FindOrder","parameters":{"order":7}},
                  {"name":"b","target":"FindOrder","parameters":{"order":8}},
                  {"name":"compare","type":"llm","target":"writer","parameters":{"prompt":"Compare","input":["$a","$b"]}}]}
                """,
            _ => request.Messages[^1].Text,
        });
        var report = await new DecompositionAgent(model, new() { MaxDepth = 2, MaxSubtasks = 5 }).SolveAsync("A report about the market of lamps");
        Assert.Equal("A report about the market of lamps", report.Text);

        var catalog = new PlanCatalog().AddTools(new Shop().Tools.Where(static tool => tool.Name == "FindOrder")).AddModel("writer", model);
        var planner = new PlanAndExecuteAgent(model, catalog, new() { MaxPlans = 3, Cache = new PlanCache() });
        var done = await planner.RunAsync("Compare the orders 7 and 8.");
        Assert.Equal("Compare\n\n[\"order 7: a broken lamp\",\"order 8: a broken lamp\"]", done.Result?.GetString());
    }

    private static ValueTask<bool> PassesAsync(string attempt, CancellationToken cancellationToken) => new(attempt == "second");
}

/// <summary>The tools of the page.</summary>
public sealed partial class Shop
{
    private readonly List<int> _refunded = [];

    /// <summary>Finds an order.</summary>
    /// <param name="order">Its number.</param>
    [Tool(Effect = Effect.None)]
    public string FindOrder(int order) => _refunded.Contains(order) ? $"order {order}: refunded" : $"order {order}: a broken lamp";

    /// <summary>Pays an order back.</summary>
    /// <param name="order">Its number.</param>
    [Tool(Effect = Effect.AtMostOnce, Approval = ApprovalPolicy.Required)]
    public string Refund(int order)
    {
        _refunded.Add(order);
        return $"refunded order {order}";
    }
}
