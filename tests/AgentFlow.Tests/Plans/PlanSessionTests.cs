using System.Text.Json;

namespace AgentFlow.Tests.Plans;

/// <summary>A plan's session is a session like any other: recorded step by step, resumed without replay, forked, inspected.</summary>
public sealed class PlanSessionTests
{
    private const string Text = """
        { "name": "order", "inputs": ["n"], "actions": [
          { "name": "fetch", "target": "work", "parameters": { "is": "fetch", "n": "$n" } },
          { "name": "each", "target": "work", "parameters": { "is": "$item" }, "for_each": "$fetch.parts", "max_parallel": 1 },
          { "name": "pay", "parameters": { "is": "pay" }, "depends_on": ["each"] },
          { "name": "wait", "target": "work", "parameters": { "is": "wait" }, "depends_on": ["pay"], "delay": 60 },
          { "name": "end", "target": "work", "parameters": { "is": "end", "all": "$each", "paid": "$pay.is" }, "condition": "length($each) == 2", "depends_on": ["wait"] } ] }
        """;

    private readonly List<string> _log = [];
    private string? _failing;

    [Fact]
    public async Task What_is_recorded_is_not_done_again()
    {
        var clock = new ManualTimeProvider();
        var store = new MemorySessionStore(clock);
        var options = new AgentRuntimeOptions { Run = new RunOptions { TimeProvider = clock } };
        _failing = "b";
        await using (var first = new AgentRuntime(store, options))
        {
            var session = await first.StartAsync(new PlanAgent(Plan.Parse(Text, Catalog())), Json("""{"n":5}"""), new SessionOptions { Id = "s" }, TestContext.Current.CancellationToken);
            await Assert.ThrowsAsync<ActionFailedException>(() => session.Result);
        }

        Assert.Equal(["fetch", "a", "b"], _log);
        _failing = null;
        await using var second = new AgentRuntime(store, options);

        // Another instance, read from the same text: the plan is data.
        var agent = new PlanAgent(Plan.Parse(Text, Catalog()));
        var redriven = await second.RedriveAsync(agent, "s", TestContext.Current.CancellationToken);
        Assert.Equal(SessionState.Suspended, await redriven.WaitAsync(TestContext.Current.CancellationToken));
        Assert.Equal(["fetch", "a", "b", "b", "pay"], _log.Order().Count() == 5 ? _log : []);
        clock.Advance(TimeSpan.FromSeconds(60));
        await redriven.ResumeAsync(TestContext.Current.CancellationToken);
        var result = await redriven.Result;
        Assert.Equal("""{"is":"end","all":[{"is":"a"},{"is":"b"}],"paid":"pay"}""", result.GetRawText());
        Assert.Equal(["fetch", "a", "b", "b", "pay", "wait", "end"], _log);

        var outcomes = await second.ReadOutcomesAsync(agent, "s", TestContext.Current.CancellationToken);
        Assert.Equal(["fetch", "each", "pay", "wait", "end"], outcomes.Where(static o => o.Status == ActionStatus.Completed).Select(static o => o.Action).Distinct());
        Assert.Equal("s", (await second.ResumeAsync(agent, "s", TestContext.Current.CancellationToken)).Id);
    }

    [Fact]
    public async Task A_session_is_never_resumed_by_another_plan()
    {
        var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store, new AgentRuntimeOptions());
        _failing = "fetch";
        var session = await runtime.StartAsync(new PlanAgent(Plan.Parse(Text, Catalog())), Json("""{"n":5}"""), new SessionOptions { Id = "s" }, TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<ActionFailedException>(() => session.Result);
        var other = new PlanAgent(Plan.Parse(Text.Replace("60", "61", StringComparison.Ordinal), Catalog()));
        var error = await Assert.ThrowsAsync<IncompatibleSessionException>(async () => await runtime.ResumeAsync(other, "s", TestContext.Current.CancellationToken));
        Assert.Contains("order@", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fork_shares_what_was_done()
    {
        var clock = new ManualTimeProvider();
        var store = new MemorySessionStore(clock);
        await using var runtime = new AgentRuntime(store, new AgentRuntimeOptions { Run = new RunOptions { TimeProvider = clock } });
        var agent = new PlanAgent(Plan.Parse(Text, Catalog()));
        var session = await runtime.StartAsync(agent, Json("""{"n":5}"""), new SessionOptions { Id = "s" }, TestContext.Current.CancellationToken);
        await session.WaitAsync(TestContext.Current.CancellationToken);
        var fork = await runtime.ForkAsync(agent, "s", new ForkOptions { Id = "f", After = "pay" }, TestContext.Current.CancellationToken);
        Assert.Equal(SessionState.Suspended, await fork.WaitAsync(TestContext.Current.CancellationToken));
        Assert.Equal(["fetch", "a", "b", "pay"], _log);
        var state = await runtime.InspectAsync(agent, "f", cancellationToken: TestContext.Current.CancellationToken);
        Assert.Contains("\"pay\"", state.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_child_session_runs_the_plan_that_an_action_was_given()
    {
        var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store, new AgentRuntimeOptions());
        var inner = Plan.Parse("""{ "name": "inner", "inputs": ["is"], "actions": [ { "name": "work", "parameters": { "is": "$is" } } ] }""", Catalog());
        var outer = new PlanAgent(Plan.Parse("""{ "name": "outer", "actions": [ { "name": "sub", "type": "workflow", "target": "inner", "parameters": { "is": "deep" } } ] }""", Catalog().AddWorkflow("inner", inner)));
        var session = await runtime.StartAsync(outer, default, new SessionOptions { Id = "s" }, TestContext.Current.CancellationToken);
        Assert.Equal("deep", (await session.Result).GetProperty("is").GetString());
        Assert.Equal("s", (await store.FindAsync("s~1.-.0.1.sub", TestContext.Current.CancellationToken))?.Parent);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_plan_that_fails_tells_what_it_has_come_to(bool inSession)
    {
        var plan = Plan.Parse("""{ "fail_fast": false, "actions": [ { "name": "a", "target": "work", "parameters": {"is":"a"}, "output_key": "kept" }, { "name": "b", "target": "work", "parameters": { "is": "b" } }, { "name": "end", "target": "work", "parameters": { "is": "$b.is" } } ], "result": "end" }""", Catalog());
        _failing = "b";
        var agent = new Overseer(plan);
        await using var runtime = new AgentRuntime(new MemorySessionStore());
        var report = inSession
            ? await (await runtime.StartAsync(agent, "x", new SessionOptions { Id = "s" }, TestContext.Current.CancellationToken)).Result
            : await agent.RunAsync("x", TestContext.Current.CancellationToken);
        Assert.Equal("failed: b: no; kept: {\"is\":\"a\"}", report);
        Assert.Equal(inSession ? SessionState.Failed : null, (await runtime.Store.FindAsync("s~1.-.0.1.Oversee", TestContext.Current.CancellationToken))?.State);
    }

    [Fact]
    public async Task Every_crash_and_every_order_comes_to_the_same_end()
    {
        // The log would count what crashes repeat: the simulation itself checks how often each action is started.
        var plan = Plan.Parse("""
            { "name": "small", "inputs": ["n"], "actions": [
              { "name": "a", "target": "work", "parameters": { "is": "a" } },
              { "name": "b", "target": "work", "parameters": { "is": "b" } },
              { "name": "pay", "parameters": { "is": "$a.is" } },
              { "name": "later", "target": "work", "parameters": { "is": "later" }, "delay": 5, "condition": "$n > 1", "depends_on": ["b"] },
              { "name": "end", "target": "work", "parameters": { "is": "end", "paid": "$pay?", "late": "$later|$b" } } ] }
            """, Catalog());
        var report = await Simulate.Agent(new PlanAgent(plan), Json("""{"n":2}""")).ExploreAsync(TestContext.Current.CancellationToken);
        Assert.True(report.Orders > 1, report.ToString());
        Assert.True(report.Crashes > 10, report.ToString());
    }

    private PlanCatalog Catalog() => new PlanCatalog()
        .AddTool("work", (arguments, _, _) => Work(arguments))
        .Add(new PlanTarget(ActionType.Tool, "pay", (arguments, _, _) => Work(arguments)) { Effect = Effect.AtMostOnce });

    private async ValueTask<JsonElement> Work(JsonElement arguments)
    {
        var name = arguments.ValueKind == JsonValueKind.String ? arguments.GetString()! : arguments.GetProperty("is").GetString()!;
        lock (_log)
        {
            _log.Add(name);
        }

        await Task.CompletedTask;
        return name == _failing ? throw new FormatException("no") : name == "fetch" ? Json("""{"parts":["a","b"]}""") : arguments;
    }

    private static JsonElement Json(string text) => JsonElement.Parse(text);
}

[Agent]
public sealed partial class Overseer(Plan plan)
{
    [Action]
    private async Task<string> Oversee([Input] string name, ActionContext context, CancellationToken ct)
    {
        _ = name;
        var report = await context.RunPlanAsync(plan, default, ct);
        return $"{(report.Succeeded ? "done" : "failed")}: {string.Join(", ", report.Failures.Select(static f => $"{f.Action}: {f.Message}"))}; {string.Join(", ", report.Outputs.Select(static o => $"{o.Key}: {o.Value.GetRawText()}"))}";
    }
}
