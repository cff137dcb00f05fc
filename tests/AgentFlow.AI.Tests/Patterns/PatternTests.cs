using System.Text.Json;
using AgentFlow.Testing;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI.Tests.Patterns;

public sealed class PatternTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Refinement_keeps_the_best_draft_and_ends_when_it_is_good_enough()
    {
        var writer = new ScriptedChatClient("draft 1", "draft 2", "draft 3");
        var critic = new ScriptedChatClient(
            """{"score":0.6,"problems":["too short"],"advice":"say more"}""",
            """{"score":0.4,"problems":["worse"],"advice":"go back"}""",
            """{"score":0.9,"problems":[],"advice":""}""");
        var work = await new RefinementAgent(writer, critic, new RefinementOptions { MaxRounds = 5 }).RunAsync("Write.", Ct);
        Assert.Equal(new RefinedWork("draft 3", 0.9, 3, 3, true), work);
        Assert.Contains("too short", writer.Requests[1].Text, StringComparison.Ordinal);
        Assert.Contains("say more", writer.Requests[1].Text, StringComparison.Ordinal);

        var tired = await new RefinementAgent(new ScriptedChatClient("a", "b"), new ScriptedChatClient("""{"score":0.6,"problems":[],"advice":""}""", """{"score":0.4,"problems":[],"advice":""}"""), new RefinementOptions { MaxRounds = 2 }).RunAsync("Write.", Ct);
        Assert.Equal(("a", 1, 2), (tired.Text, tired.Round, tired.Rounds));
    }

    [Fact]
    public async Task Reflexion_learns_from_what_failed()
    {
        var model = new ScriptedChatClient(static request => request.Messages[0].Text switch
        {
            var system when system.StartsWith("An attempt", StringComparison.Ordinal) => "Count from one.",
            var system when system.Contains("Count from one.", StringComparison.Ordinal) => "1 2 3",
            _ => "0 1 2",
        });
        var seen = new List<string>();
        var result = await new ReflexionAgent(model, (task, attempt, _) =>
        {
            seen.Add(attempt);
            return new(new Evaluation(attempt == "1 2 3", "expected 1 2 3"));
        }).RunAsync("Count to three.", Ct);
        Assert.Equal((true, 2, "1 2 3"), (result.Succeeded, result.Trials, result.Text));
        Assert.Equal(["Count from one."], result.Lessons);
        Assert.Equal(["0 1 2", "1 2 3"], seen);

        var known = await new ReflexionAgent(model, static (_, attempt, _) => new(new Evaluation(attempt == "1 2 3")), new ReflexionOptions { Lessons = result.Lessons }).RunAsync("Count to three.", Ct);
        Assert.Equal(1, known.Trials);

        var hopeless = await new ReflexionAgent(model, static (_, _, _) => new(new Evaluation(false, "no")), new ReflexionOptions { MaxTrials = 4, MaxLessons = 2 }).RunAsync("Count.", Ct);
        Assert.Equal((false, 4, 2), (hopeless.Succeeded, hopeless.Trials, hopeless.Lessons.Length));
    }

    [Theory]
    [InlineData(0.9, 0.9, AnsweredBy.Model)]
    [InlineData(0.3, 0.9, AnsweredBy.Expert)]
    [InlineData(0.3, 0.2, AnsweredBy.Person)]
    public async Task What_is_not_sure_goes_up(double first, double second, AnsweredBy by)
    {
        static string Reason(double confidence, string answer) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $$"""{"steps":["think"],"answer":"{{answer}}","confidence":{{confidence}}}""");
        var agent = new ChainOfThoughtAgent(new ScriptedChatClient(Reason(first, "by the model")), new ScriptedChatClient(Reason(second, "by the expert")), new ChainOfThoughtOptions { AsksPerson = true });
        await using var runtime = new AgentRuntime(new MemorySessionStore());
        var session = await runtime.StartAsync(agent, "Why?", new SessionOptions { Id = "s" }, Ct);
        if (by == AnsweredBy.Person)
        {
            Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct));
            await session.AskAsync("by a person", cancellationToken: Ct);
        }

        var answer = await session.Result;
        Assert.Equal(by, answer.By);
        Assert.Equal(by switch { AnsweredBy.Model => "by the model", AnsweredBy.Expert => "by the expert", _ => "by a person" }, answer.Text);
    }

    [Fact]
    public async Task A_task_is_divided_solved_in_parts_and_joined()
    {
        var model = new ScriptedChatClient(static request => (request.Messages[0].Text, request.Messages[1].Text) switch
        {
            (var system, "paint the house") when system.StartsWith("If the task", StringComparison.Ordinal) => """{"subtasks":["paint the door","paint the walls"]}""",
            (var system, "paint the walls") when system.StartsWith("If the task", StringComparison.Ordinal) => """{"subtasks":["paint the east wall","paint the west wall"]}""",
            (var system, _) when system.StartsWith("If the task", StringComparison.Ordinal) => """{"subtasks":[]}""",
            (var system, var text) when system.StartsWith("Do the task", StringComparison.Ordinal) => text.ToUpperInvariant(),
            (_, var text) => "joined(" + string.Join(" + ", text.Split('\n').Where(static line => line.StartsWith("Solution: ", StringComparison.Ordinal)).Select(static line => line[10..])) + ")",
        });
        Assert.Equal("joined(PAINT THE DOOR + joined(PAINT THE EAST WALL + PAINT THE WEST WALL))", (await new DecompositionAgent(model).SolveAsync("paint the house", Ct)).Text);
        Assert.Equal("joined(PAINT THE DOOR + PAINT THE WALLS)", (await new DecompositionAgent(model, new DecompositionOptions { MaxDepth = 1 }).SolveAsync("paint the house", Ct)).Text);

        await using var runtime = new AgentRuntime(new MemorySessionStore());
        var session = await runtime.StartAsync(new DecompositionAgent(model), new DecompositionTask("paint the house"), new SessionOptions { Id = "s" }, Ct);
        Assert.StartsWith("joined(PAINT THE DOOR", (await session.Result).Text, StringComparison.Ordinal);
        Assert.Equal("s", (await runtime.Store.FindAsync("s~1.1.0.1.SolvePart", Ct))?.Parent);
    }

    [Fact]
    public async Task A_plan_that_cannot_be_run_is_mended_before_it_runs()
    {
        var planner = new ScriptedChatClient(
            "Let me think. ```json\n{\"actions\":[{\"name\":\"serch\",\"parameters\":{\"query\":\"lamps\"}}]}\n```",
            """{"actions":[{"name":"search","parameters":{"query":"lamps"}},{"name":"write","type":"llm","target":"writer","parameters":{"prompt":"Summarise","input":"$search"}}]}""");
        var writer = new ScriptedChatClient("Two lamps.");
        var result = await new PlanAndExecuteAgent(planner, Catalog().AddModel("writer", writer)).RunAsync("What lamps are there?", Ct);
        Assert.True(result.Succeeded);
        Assert.Equal("Two lamps.", result.Result?.GetString());
        Assert.Contains("Did you mean 'search'?", planner.Requests[1].Text, StringComparison.Ordinal);
        Assert.Contains("\"search\"", planner.Requests[0].Messages[0].Text, StringComparison.Ordinal);
        Assert.Contains("found lamps", writer.Requests[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plan_that_fails_is_replaced_and_what_it_made_is_kept()
    {
        var planner = new ScriptedChatClient(
            """{"actions":[{"name":"search","parameters":{"query":"lamps"},"output_key":"hits"},{"name":"fail","parameters":{"x":"$hits"}}]}""",
            """{"actions":[{"name":"echo","parameters":{"text":"$hits"}}]}""");
        var events = new List<AgentEvent>();
        await foreach (var e in new PlanAndExecuteAgent(planner, Catalog()).StreamAsync("What lamps are there?", Ct))
        {
            events.Add(e);
        }

        Assert.True(events[^1].TryGetValue(out PlannedResult? result));
        Assert.Equal(["MakePlan Execute", "search fail", "echo"], events.Where(static e => e.Kind == AgentEventKind.PlanGenerated).Select(static e => e.TryGetValue(out AgentGraph? graph) ? string.Join(' ', graph!.Actions.Select(static a => a.Name).Where(static n => n != "Report")) : ""));
        Assert.Equal((true, 2), (result!.Succeeded, result.Plans));
        Assert.Equal("""{"text":"found lamps"}""", result.Result?.GetRawText());
        Assert.Equal(1, _searches);
        var told = planner.Requests[1].Text;
        Assert.Contains("action 'fail': the lamp is broken", told, StringComparison.Ordinal);
        Assert.Contains("$hits = \"found lamps\"", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Planning_is_bounded_and_says_what_was_wrong()
    {
        var planner = new ScriptedChatClient(static _ => "I have no plan.");
        var result = await new PlanAndExecuteAgent(planner, Catalog(), new PlanAndExecuteOptions { MaxPlans = 2, MaxCorrections = 1 }).RunAsync("?", Ct);
        Assert.Equal((false, 2, 4), (result.Succeeded, result.Plans, planner.Requests.Count));
        Assert.Contains("no JSON", Assert.Single(result.Failures).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plan_that_worked_is_not_made_again()
    {
        var cache = new PlanCache(2);
        var planner = new ScriptedChatClient("""{"actions":[{"name":"search","parameters":{"query":"lamps"}}]}""");
        var agent = new PlanAndExecuteAgent(planner, Catalog(), new PlanAndExecuteOptions { Cache = cache });
        await agent.RunAsync("What lamps are there?", Ct);
        var again = await agent.RunAsync("what  lamps are there?", Ct);
        Assert.True(again.Succeeded);
        Assert.Single(planner.Requests);
        cache.Set("b", "{}");
        Assert.True(cache.TryGet("What lamps are there?", out _));
        cache.Set("c", "{}");
        Assert.False(cache.TryGet("b", out _));
        cache.Remove("c");
        Assert.False(cache.TryGet("c", out _));
    }

    [Fact]
    public async Task Plans_survive_every_crash()
    {
        var planner = new ScriptedChatClient(static request => request.Messages.Count == 2
            ? """{"actions":[{"name":"search","parameters":{"query":"lamps"},"output_key":"hits"},{"name":"fail","parameters":{"x":"$hits"}}]}"""
            : """{"actions":[{"name":"echo","parameters":{"text":"$hits"}}]}""");
        var report = await Simulate.Agent(new PlanAndExecuteAgent(planner, Catalog()), "?").Limit(orders: 5, ordersWithCrashes: 2).ExploreAsync(Ct);
        Assert.True(report.Crashes > 10, report.ToString());
    }

    [Fact]
    public void Tools_that_need_an_approval_are_not_for_plans()
    {
        var error = Assert.Throws<ArgumentException>(static () => new PlanCatalog().AddTools(new Desk().Tools));
        Assert.Contains("Refund", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tools_are_called_by_plans()
    {
        var desk = new Desk();
        var catalog = new PlanCatalog().AddTools(desk.Tools.Where(static t => t.Name == "FindOrder"));
        Assert.False(Plan.TryParse("""{"actions":[{"name":"FindOrder","parameters":{"client":"Ada"}}]}""", catalog, out _, out var errors));
        Assert.Equal(PlanErrorKind.InvalidParameters, errors[0].Kind);
        var result = await new PlanAgent(Plan.Parse("""{"actions":[{"name":"FindOrder","parameters":{"customer":"Ada"}}]}""", catalog)).RunAsync(cancellationToken: Ct);
        Assert.StartsWith("order 7 of Ada", result.GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a a a", 3, 1)]
    [InlineData("x a b a b a b", 3, 2)]
    [InlineData("a b c a b c", 2, 3)]
    [InlineData("a b c d a b c d", 2, 4)]
    [InlineData("a b a a", 2, 1)]
    [InlineData("a b a b a", 3, 0)]
    [InlineData("a b c d", 2, 0)]
    [InlineData("", 2, 0)]
    public void Circles_are_found(string steps, int times, int period) =>
        Assert.Equal(period, Repetition.Find(steps.Split(' ', StringSplitOptions.RemoveEmptyEntries), times));

    private int _searches;

    private PlanCatalog Catalog() => new PlanCatalog()
        .AddTool("search", (arguments, _, _) =>
        {
            Interlocked.Increment(ref _searches);
            return new(JsonElement.Parse($"\"found {arguments.GetProperty("query").GetString()}\""));
        }, """{"type":"object","properties":{"query":{"type":"string"}},"required":["query"]}""")
        .AddTool("echo", static (arguments, _, _) => new(arguments))
        .AddTool("fail", static (_, _, _) => throw new FormatException("the lamp is broken"));
}
