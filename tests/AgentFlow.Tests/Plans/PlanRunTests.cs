using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;

namespace AgentFlow.Tests.Plans;

/// <summary>Plans run by the rules that compiled agents run by.</summary>
public sealed class PlanRunTests
{
    private readonly List<string> _log = [];

    [Fact]
    public async Task References_carry_values_from_action_to_action()
    {
        var plan = Plan.Parse("""
            {
              "name": "greeting",
              "inputs": ["who", "count"],
              "actions": [
                { "name": "person", "target": "echo", "parameters": { "name": "$who", "tags": ["a", "$count"] } },
                { "name": "text", "target": "echo", "parameters": { "text": "Dear ${person.name}, number ${person.tags.1} of $$5, ${person.tags}", "price": "$$5", "odd": "cost: $5" }, "output_key": "letter" }
              ],
              "result": "$letter"
            }
            """, Catalog());
        var result = await new PlanAgent(plan).RunAsync(Json("""{"who":"Ada","count":3}"""), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal("""{"text":"Dear Ada, number 3 of $$5, [\u0022a\u0022,3]","price":"$5","odd":"cost: $5"}""", result.GetRawText());
    }

    [Fact]
    public async Task Independent_actions_overlap_and_dependents_wait()
    {
        var gates = new Dictionary<string, TaskCompletionSource>(StringComparer.Ordinal) { ["a"] = new(), ["b"] = new() };
        var catalog = Catalog().AddTool("gate", async (arguments, _, ct) =>
        {
            var name = arguments.GetProperty("name").GetString()!;
            Log("start " + name);
            if (_log.Count == 2)
            {
                gates["a"].SetResult();
                gates["b"].SetResult();
            }

            await gates[name].Task.WaitAsync(ct);
            return Json("1");
        });
        var plan = Plan.Parse("""
            { "actions": [
              { "name": "a", "target": "gate", "parameters": { "name": "a" } },
              { "name": "b", "target": "gate", "parameters": { "name": "b" } },
              { "name": "c", "target": "log", "parameters": { "is": "c" }, "depends_on": ["a", "b"] } ] }
            """, catalog);
        await new PlanAgent(plan).RunAsync(cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(["start a", "start b", "c"], _log);
        Assert.Equal(2, plan.Graph.Waves.Count);
    }

    [Fact]
    public async Task The_first_of_several_is_enough_where_the_plan_says_so()
    {
        var never = new TaskCompletionSource<JsonElement>();
        var catalog = Catalog().AddTool("never", async (_, _, ct) => await never.Task.WaitAsync(ct));
        var plan = Plan.Parse("""
            { "actions": [
              { "name": "slow", "target": "never", "optional": true },
              { "name": "fast", "target": "log", "parameters": { "is": "fast" } },
              { "name": "after", "target": "log", "parameters": { "is": "after" }, "depends_on": ["slow", "fast"], "wait_for_all": false },
              { "name": "release", "target": "release", "depends_on": ["after"] },
              { "name": "end", "target": "log", "parameters": { "is": "end" }, "depends_on": ["release", "slow"] } ] }
            """, catalog.AddTool("release", (_, _, _) =>
            {
                never.SetException(new IOException("enough"));
                return new(Json("0"));
            }));
        await new PlanAgent(plan).RunAsync(cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(["fast", "after", "end"], _log);
    }

    [Theory]
    [InlineData(0.9, "published")]
    [InlineData(0.2, "revised")]
    public async Task Conditions_choose_a_branch_and_alternatives_merge_them(double score, string expected)
    {
        var plan = Plan.Parse("""
            { "inputs": ["score"], "actions": [
              { "name": "publish", "target": "echo", "parameters": { "is": "published" }, "condition": "$score >= 0.5" },
              { "name": "revise", "target": "echo", "parameters": { "is": "revised" }, "condition": "not ($score >= 0.5)" },
              { "name": "note", "target": "log", "parameters": { "is": "$publish.is" } },
              { "name": "maybe", "target": "log", "parameters": { "is": "$publish.is?" } },
              { "name": "end", "target": "echo", "parameters": { "is": "$publish.is|$revise.is" }, "depends_on": ["note", "maybe"] } ] }
            """, Catalog());
        var result = await new PlanAgent(plan).RunAsync(Json($$"""{"score":{{score.ToString(System.Globalization.CultureInfo.InvariantCulture)}}}"""), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(expected, result.GetProperty("is").GetString());
        Assert.Equal(score > 0.5 ? ["published", "published"] : ["null"], _log.Order());
    }

    [Theory]
    [InlineData("1 < 2 and 'b' > 'a'", true)]
    [InlineData("1 < 2 && !(2 <= 1)", true)]
    [InlineData("$x.n == 3 or $x.missing > 3", true)]
    [InlineData("not exists($x.missing)", true)]
    [InlineData("exists($x.n)", true)]
    [InlineData("length($x.list) == 2 and length('abc') == 3 and length($x.missing) == 0", true)]
    [InlineData("contains($x.list, 'b') and not contains($x.list, 'c')", true)]
    [InlineData("contains(lower('ABC'), 'bc')", true)]
    [InlineData("$x.list == $x.list and $x.list != $x", true)]
    [InlineData("null == $x.missing", true)]
    [InlineData("-1.5e0 >= -2", true)]
    [InlineData("'it\\'s' == \"it's\"", true)]
    [InlineData("$x.flag", true)]
    [InlineData("false or false", false)]
    [InlineData("1 == '1'", false)]
    public async Task A_condition_means_what_it_says(string condition, bool holds)
    {
        var plan = Plan.Parse($$"""{ "inputs": ["x"], "actions": [ { "name": "a", "target": "echo", "condition": {{JsonSerializer.Serialize(condition)}} } ] }""", Catalog());
        var result = await new PlanAgent(plan).RunAsync(Json("""{"x":{"n":3,"list":["a","b"],"flag":true}}"""), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(holds ? JsonValueKind.Object : JsonValueKind.Null, result.ValueKind);
    }

    [Theory]
    [InlineData("1 < 'a'", "compares a number with a text")]
    [InlineData("$x.n", "neither true nor false")]
    [InlineData("$x.n and true", "uses a number as true or false")]
    [InlineData("length($x.n) > 0", "the length of a number")]
    [InlineData("contains($x.n, 1)", "whether a number contains")]
    public async Task A_condition_that_means_nothing_fails_its_action(string condition, string message)
    {
        var plan = Plan.Parse($$"""{ "inputs": ["x"], "actions": [ { "name": "a", "target": "echo", "condition": {{JsonSerializer.Serialize(condition)}} } ] }""", Catalog());
        var error = await Assert.ThrowsAsync<ActionFailedException>(async () => await new PlanAgent(plan).RunAsync(Json("""{"x":{"n":3}}"""), cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal("a", error.Action);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task For_each_element_an_action_runs_once_and_its_output_is_the_results_in_order()
    {
        var plan = Plan.Parse("""
            { "inputs": ["items"], "actions": [
              { "name": "each", "target": "double", "parameters": { "n": "$item", "at": "$index" }, "for_each": "$items", "max_parallel": 3, "allow_partial_failure": true } ] }
            """, Catalog().AddTool("double", async (arguments, _, _) =>
        {
            await Task.Yield();
            var n = arguments.GetProperty("n").GetInt32();
            return n < 0 ? throw new FormatException("negative") : Json($"[{n * 2},{arguments.GetProperty("at").GetInt32()}]");
        }));
        var result = await new PlanAgent(plan).RunAsync(Json("""{"items":[5,-1,7]}"""), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal("[[10,0],[14,2]]", result.GetRawText());
        var error = await Assert.ThrowsAsync<ActionFailedException>(async () => await new PlanAgent(plan).RunAsync(Json("""{"items":7}"""), cancellationToken: TestContext.Current.CancellationToken));
        Assert.Contains("needs an array", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_fails_is_tried_again_then_replaced()
    {
        var attempts = 0;
        var plan = Plan.Parse("""
            { "actions": [ { "name": "a", "target": "flaky", "retry": { "attempts": 3, "delay": 10, "backoff": "exponential", "on": "any" }, "fallback": { "target": "echo", "parameters": { "is": "instead" } } } ] }
            """, Catalog().AddTool("flaky", (_, context, _) =>
        {
            Assert.Equal(++attempts, context.Attempt);
            throw new FormatException("no");
        }));
        var clock = new ManualTimeProvider();
        var run = new PlanAgent(plan).RunAsync(options: new RunOptions { TimeProvider = clock }, cancellationToken: TestContext.Current.CancellationToken).AsTask();
        Assert.Equal(1, attempts);
        clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(2, attempts);
        clock.Advance(TimeSpan.FromSeconds(19));
        Assert.Equal(2, attempts);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("instead", (await run).GetProperty("is").GetString());
        Assert.Equal(3, attempts);
    }

    [Fact]
    public async Task An_action_has_its_time_and_the_plan_its_own()
    {
        var clock = new ManualTimeProvider();
        var catalog = Catalog().AddTool("hang", async (_, _, ct) =>
        {
            await Task.Delay(Timeout.Infinite, ct);
            return default;
        });
        var attempt = new PlanAgent(Plan.Parse("""{ "actions": [ { "name": "hang", "timeout": 2.5 } ] }""", catalog)).RunAsync(options: new RunOptions { TimeProvider = clock }, cancellationToken: TestContext.Current.CancellationToken).AsTask();
        clock.Advance(TimeSpan.FromSeconds(2.4));
        Assert.False(attempt.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(0.1));
        Assert.IsType<TimeoutException>((await Assert.ThrowsAsync<ActionFailedException>(() => attempt)).InnerException);

        var whole = new PlanAgent(Plan.Parse("""{ "timeout": "00:01:00", "actions": [ { "name": "hang" } ] }""", catalog)).RunAsync(options: new RunOptions { TimeProvider = clock }, cancellationToken: TestContext.Current.CancellationToken).AsTask();
        clock.Advance(TimeSpan.FromMinutes(1));
        await Assert.ThrowsAsync<TimeoutException>(() => whole);
    }

    [Fact]
    public async Task A_failure_stops_the_plan_or_only_what_depends_on_it()
    {
        const string Actions = """
            "actions": [ { "name": "bad", "target": "fail" }, { "name": "next", "target": "log", "parameters": { "is": "next" }, "depends_on": ["bad"] }, { "name": "other", "target": "log", "parameters": { "is": "other" } } ], "result":
            """;
        var fast = Plan.Parse($$"""{ {{Actions}} "other" }""", Catalog());
        Assert.Equal("bad", (await Assert.ThrowsAsync<ActionFailedException>(async () => await new PlanAgent(fast).RunAsync(cancellationToken: TestContext.Current.CancellationToken))).Action);
        _log.Clear();
        var patient = Plan.Parse($$"""{ "fail_fast": false, {{Actions}} "other" }""", Catalog());
        Assert.Equal("other", (await new PlanAgent(patient).RunAsync(cancellationToken: TestContext.Current.CancellationToken)).GetProperty("is").GetString());
        Assert.Equal(["other"], _log);
        var blocked = Plan.Parse($$"""{ "fail_fast": false, {{Actions}} "next" }""", Catalog());
        Assert.Equal("bad", (await Assert.ThrowsAsync<ActionFailedException>(async () => await new PlanAgent(blocked).RunAsync(cancellationToken: TestContext.Current.CancellationToken))).Action);
    }

    [Fact]
    public async Task Equal_arguments_are_answered_from_the_cache()
    {
        var calls = 0;
        var plan = Plan.Parse("""{ "inputs": ["x"], "actions": [ { "name": "count", "parameters": { "b": 1, "x": "$x" }, "cache": 60 } ] }""", Catalog().AddTool("count", (_, _, _) => new(Json($"{++calls}"))));
        var clock = new ManualTimeProvider();
        async Task<int> Run(string x) => (await new PlanAgent(plan).RunAsync(Json($$"""{"x":{{x}}}"""), new RunOptions { TimeProvider = clock }, TestContext.Current.CancellationToken)).GetInt32();
        Assert.Equal(1, await Run("7"));
        Assert.Equal(1, await Run("7"));
        Assert.Equal(2, await Run("8"));
        clock.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(3, await Run("7"));
    }

    [Fact]
    public async Task At_most_so_many_actions_are_under_way_and_a_synchronous_one_is_alone()
    {
        var (now, most, alone) = (0, 0, 0);
        var catalog = Catalog().AddTool("work", async (arguments, _, _) =>
        {
            most = Math.Max(most, Interlocked.Increment(ref now));
            await Task.Yield();
            alone = arguments.TryGetProperty("alone", out _) ? now : alone;
            Interlocked.Decrement(ref now);
            return Json("0");
        });
        var actions = string.Join(',', Enumerable.Range(0, 12).Select(static i => $"{{\"name\":\"a{i}\",\"target\":\"work\"}}"));
        var plan = Plan.Parse($$"""{ "max_parallel": 3, "actions": [ {{actions}}, { "name": "alone", "target": "work", "mode": "sync", "parameters": { "alone": true } } ], "result": "a0" }""", catalog);
        await new PlanAgent(plan).RunAsync(cancellationToken: TestContext.Current.CancellationToken);
        Assert.InRange(most, 1, 3);
        Assert.Equal(1, alone);
    }

    [Fact]
    public async Task What_nobody_waits_for_holds_nobody_up()
    {
        var release = new TaskCompletionSource();
        var done = new TaskCompletionSource();
        var catalog = Catalog().AddTool("background", async (_, _, _) =>
        {
            await release.Task;
            done.SetResult();
            return default;
        });
        var plan = Plan.Parse("""{ "actions": [ { "name": "main", "target": "log", "parameters": { "is": "main" } }, { "name": "later", "target": "background", "mode": "fire_and_forget", "depends_on": ["main"] } ], "result": "main" }""", catalog);
        Assert.Equal("main", (await new PlanAgent(plan).RunAsync(cancellationToken: TestContext.Current.CancellationToken)).GetProperty("is").GetString());
        Assert.False(done.Task.IsCompleted);
        release.SetResult();
        await done.Task.WaitAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Cancellation_is_never_a_failure()
    {
        var started = new TaskCompletionSource();
        var plan = Plan.Parse("""{ "actions": [ { "name": "hang" } ] }""", Catalog().AddTool("hang", async (_, _, ct) =>
        {
            started.SetResult();
            await Task.Delay(Timeout.Infinite, ct);
            return default;
        }));
        using var source = new CancellationTokenSource();
        var run = new PlanAgent(plan).RunAsync(cancellationToken: source.Token).AsTask();
        await started.Task;
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }

    [Fact]
    public async Task Arguments_and_results_are_held_to_their_schemas_while_it_runs()
    {
        var catalog = Catalog()
            .AddTool("strict", (_, _, _) => new(Json("1")), """{"type":"object","properties":{"n":{"type":"integer","maximum":5}},"required":["n"]}""")
            .Add(new PlanTarget(ActionType.Tool, "liar", (_, _, _) => new(Json("\"text\""))) { Result = Json("""{"type":"integer"}""") });
        var plan = Plan.Parse("""{ "inputs": ["n"], "actions": [ { "name": "strict", "parameters": { "n": "$n" } } ] }""", catalog);
        var error = await Assert.ThrowsAsync<ActionFailedException>(async () => await new PlanAgent(plan).RunAsync(Json("""{"n":9}"""), cancellationToken: TestContext.Current.CancellationToken));
        Assert.Contains("parameters.n is more than 5", error.Message, StringComparison.Ordinal);
        error = await Assert.ThrowsAsync<ActionFailedException>(async () => await new PlanAgent(Plan.Parse("""{ "actions": [ { "name": "liar" } ] }""", catalog)).RunAsync(cancellationToken: TestContext.Current.CancellationToken));
        Assert.Contains("result expected integer, found string", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{}""", "inputs.n is missing")]
    [InlineData("""{"n":"x"}""", "inputs.n expected integer, found string")]
    [InlineData("""{"n":1,"m":2}""", "inputs.m is not known")]
    [InlineData("""[]""", "expected object")]
    public async Task Inputs_are_held_to_theirs(string inputs, string message)
    {
        var plan = Plan.Parse("""{ "inputs": { "n": { "type": "integer" }, "maybe": { "type": ["string", "null"] } }, "actions": [ { "name": "echo", "parameters": { "n": "$n", "maybe": "$maybe" } } ] }""", Catalog());
        Assert.Equal("""{"n":1,"maybe":null}""", (await new PlanAgent(plan).RunAsync(Json("""{"n":1}"""), cancellationToken: TestContext.Current.CancellationToken)).GetRawText());
        var error = await Assert.ThrowsAsync<ArgumentException>(async () => await new PlanAgent(plan).RunAsync(Json(inputs), cancellationToken: TestContext.Current.CancellationToken));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_events_are_those_of_any_agent()
    {
        var plan = Plan.Parse("""{ "name": "p", "actions": [ { "name": "a", "target": "echo" }, { "name": "b", "target": "echo", "condition": "$a == 1" } ], "result": "a" }""", Catalog());
        var kinds = new List<string>();
        await foreach (var e in new PlanAgent(plan).StreamAsync(cancellationToken: TestContext.Current.CancellationToken))
        {
            kinds.Add(e.Kind.ToWireName() + (e.Action is null ? "" : " " + e.Action));
        }

        Assert.Equal(["agent_started", "plan_generated", "iteration_started", "action_started a", "action_completed a", "action_skipped b", "iteration_completed", "agent_completed"], kinds);
    }

    [Fact]
    public async Task Agents_and_workflows_are_actions_of_plans()
    {
        var inner = Plan.Parse("""{ "inputs": ["n"], "actions": [ { "name": "echo", "parameters": { "inner": "$n" } } ] }""", Catalog());
        var catalog = Catalog()
            .AddWorkflow("inner", inner)
            .AddAgent("greeter", new PlanGreeter(), static arguments => arguments.GetProperty("name").GetString()!, TestJson.Default.String, """{"type":"object","properties":{"name":{"type":"string"}},"required":["name"]}""");
        var plan = Plan.Parse("""{ "actions": [ { "name": "greet", "type": "agent", "target": "greeter", "parameters": { "name": "Ada" } }, { "name": "sub", "type": "workflow", "target": "inner", "parameters": { "n": "$greet" } } ] }""", catalog);
        Assert.Equal("""{"inner":"Hello, Ada"}""", (await new PlanAgent(plan).RunAsync(cancellationToken: TestContext.Current.CancellationToken)).GetRawText());
        Assert.False(Plan.TryParse("""{ "actions": [ { "name": "sub", "type": "workflow", "target": "inner" } ] }""", catalog, out _, out var errors));
        Assert.Equal("actions[0].parameters.n", Assert.Single(errors).Path);
    }

    [Fact]
    public async Task Services_and_budgets_come_from_the_context()
    {
        await using var services = new ServiceCollection().AddSingleton("the service").BuildServiceProvider();
        var plan = Plan.Parse("""{ "actions": [ { "name": "ask" } ] }""", Catalog().AddTool("ask", (_, context, _) => new(Json(JsonSerializer.Serialize(context.Services!.GetRequiredService<string>())))));
        var result = await new PlanAgent(plan).RunAsync(options: new RunOptions { Services = services }, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal("the service", result.GetString());
    }

    [Fact]
    public void The_documents_plan_gives_the_documents_figures()
    {
        string[] tools = ["fetch_wiki", "search_arxiv", "fetch_news", "extract_facts", "check_quality", "cite", "finish"];
        var catalog = new PlanCatalog();
        foreach (var tool in tools)
        {
            catalog.AddTool(tool, static (arguments, _, _) => new(arguments));
        }

        catalog.Add(new PlanTarget(ActionType.Agent, "summarizer", static (arguments, _, _) => new(arguments)));
        catalog.Add(new PlanTarget(ActionType.Llm, "writer", static (arguments, _, _) => new(arguments)));
        catalog.Add(new PlanTarget(ActionType.Relic, "reports", static (arguments, _, _) => new(arguments)));
        var plan = Plan.Parse("""
            {
              "name": "research_assistant", "max_parallel": 4, "inputs": ["topic"],
              "actions": [
                { "name": "fetch_wiki", "title": "Fetch Wikipedia Article", "parameters": { "topic": "$topic" }, "output_key": "article", "estimate": 30 },
                { "name": "search_arxiv", "title": "Search arXiv Papers", "parameters": { "topic": "$topic" }, "output_key": "papers", "estimate": 30 },
                { "name": "fetch_news", "title": "Fetch Recent AI News", "parameters": { "topic": "$topic" }, "output_key": "news", "estimate": 20 },
                { "name": "extract_facts", "title": "Extract Key Facts from Wikipedia", "parameters": { "article": "$article" }, "output_key": "facts", "estimate": 15 },
                { "name": "summarize", "type": "agent", "target": "summarizer", "title": "Summarize Research Papers", "parameters": { "papers": "$papers" }, "output_key": "digest", "estimate": 60 },
                { "name": "synthesize", "type": "llm", "target": "writer", "mode": "sync", "title": "Synthesize Comprehensive Report", "parameters": { "from": ["$facts", "$digest", "$news"] }, "output_key": "report", "estimate": 120 },
                { "name": "cache", "type": "relic", "target": "reports", "mode": "fire_and_forget", "title": "Cache Report in Database", "parameters": { "report": "$report" }, "estimate": 10 },
                { "name": "check_quality", "title": "Run Quality Checks", "parameters": { "report": "$report" }, "output_key": "quality", "estimate": 20 },
                { "name": "cite", "title": "Generate Citations", "parameters": { "report": "$report" }, "output_key": "citations", "estimate": 15 },
                { "name": "finish", "mode": "sync", "title": "Finalize Report with Metadata", "parameters": { "report": "$report", "quality": "$quality", "citations": "$citations" }, "estimate": 10 }
              ]
            }
            """, catalog);
        Assert.Equal(ProtocolAgent.Graph.ToPlan(), plan.Graph.ToPlan());
        Assert.Equal(TimeSpan.FromSeconds(330), plan.Graph.SequentialEstimate);
        Assert.Equal(TimeSpan.FromSeconds(240), plan.Graph.ParallelEstimate);
    }

    private PlanCatalog Catalog() => new PlanCatalog()
        .AddTool("echo", static (arguments, _, _) => new(arguments))
        .AddTool("fail", static (_, _, _) => throw new FormatException("no"))
        .AddTool("log", (arguments, _, _) =>
        {
            var text = arguments.GetProperty("is");
            Log(text.ValueKind == JsonValueKind.Null ? "null" : text.GetString()!);
            return new(arguments);
        });

    private void Log(string text)
    {
        lock (_log)
        {
            _log.Add(text);
        }
    }

    private static JsonElement Json(string text) => JsonElement.Parse(text);
}

[Agent]
public sealed partial class PlanGreeter
{
    [Action]
    private static string Greet([Input] string name) => "Hello, " + name;
}

[System.Text.Json.Serialization.JsonSerializable(typeof(string))]
internal sealed partial class TestJson : System.Text.Json.Serialization.JsonSerializerContext;
