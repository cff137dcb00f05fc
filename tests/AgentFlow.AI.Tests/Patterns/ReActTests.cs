using AgentFlow.Testing;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI.Tests.Patterns;

public sealed class ReActTests
{
    private readonly Desk _desk = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_thinks_calls_sees_and_answers()
    {
        var model = new ScriptedChatClient(
            ScriptedReply.Call("FindOrder", """{"customer":"Ada"}""") with { Chunks = ["I look for the order."] },
            "The lamps are broken.");
        var events = new List<AgentEvent>();
        var agent = Agent(model);
        await foreach (var e in agent.StreamAsync("What is wrong with Ada's order?", Ct))
        {
            events.Add(e);
        }

        var answer = events.Where(static e => e.Kind == AgentEventKind.AgentCompleted).Select(static e => e.TryGetValue<ReActAnswer>(out var value) ? value : null).Single();
        Assert.Equal((2, ReActEnd.Answered, "The lamps are broken."), (answer!.Steps, answer.End, answer.Text));
        Assert.Equal(["I look for the order."], events.Where(static e => e.Kind == AgentEventKind.Thought).Select(static e => e.Message));
        Assert.Contains(events, static e => e.Kind == AgentEventKind.LlmToken);
        Assert.Equal(["find Ada"], _desk.Log);
        var result = model.Requests[1].Messages.SelectMany(static m => m.Contents).OfType<FunctionResultContent>().Single();
        Assert.Contains("order 7 of Ada", result.Result!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_goes_wrong_with_a_call_is_told_to_the_model()
    {
        var model = new ScriptedChatClient(
            ScriptedReply.Calls(new ScriptedToolCall("FindOrders", "{}"), new ScriptedToolCall("FindOrder", """{"client":"Ada"}"""), new ScriptedToolCall("Broken"), new ScriptedToolCall("FindOrder", "{{{")),
            "I could not find it.");
        var answer = await Agent(model).RunAsync("?", Ct);
        Assert.Equal("I could not find it.", answer.Text);
        var results = model.Requests[1].Messages.SelectMany(static m => m.Contents).OfType<FunctionResultContent>().Select(static r => r.Result!.ToString()!).ToList();
        Assert.Equal(4, results.Count);
        Assert.All(results, static r => Assert.StartsWith("Error:", r, StringComparison.Ordinal));
        Assert.Contains("FindOrder", results[0], StringComparison.Ordinal);
        Assert.Contains("customer", results[1], StringComparison.Ordinal);
        Assert.DoesNotContain("42", results[2], StringComparison.Ordinal);
        Assert.Contains("no JSON", results[3], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_is_asked_about_a_call_that_cannot_be_made()
    {
        await using var runtime = new AgentRuntime(new MemorySessionStore());
        var model = new ScriptedChatClient(ScriptedReply.Call("Refund", """{"order":7,"amount":900}"""), "That is too much.");
        var session = await runtime.StartAsync(Agent(model), "Refund 900.", cancellationToken: Ct);
        Assert.Equal(SessionState.Completed, await session.WaitAsync(Ct));
        Assert.Equal("That is too much.", (await session.Result).Text);
        Assert.Empty(_desk.Log);
        var result = model.Requests[1].Messages.SelectMany(static m => m.Contents).OfType<FunctionResultContent>().Single();
        Assert.Contains("at most 500", result.Result!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(static () => new ReActOptions { MaxTokens = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(static () => new ReActOptions { OfferedTools = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(static () => new ReActOptions { MaxRepetitions = 1 });
        Assert.Throws<ArgumentOutOfRangeException>(static () => new ReActOptions { MaxSteps = 101 });
        Assert.Throws<ArgumentOutOfRangeException>(static () => new ReflexionOptions { MaxLessons = -1 });
    }

    [Fact]
    public async Task At_its_last_step_it_has_to_answer()
    {
        var n = 0;
        var model = new ScriptedChatClient(request => request.Options?.Tools is { Count: > 0 } ? ScriptedReply.Call("FindOrder", $$"""{"customer":"{{n++}}"}""") : "Best guess.");
        var answer = await Agent(model, new ReActOptions { MaxSteps = 4 }).RunAsync("?", Ct);
        Assert.Equal((4, ReActEnd.StepLimit, "Best guess."), (answer.Steps, answer.End, answer.Text));
        Assert.Equal(3, _desk.Log.Count);
    }

    [Fact]
    public async Task When_its_tokens_are_used_up_it_has_to_answer()
    {
        var n = 0;
        var model = new ScriptedChatClient(request => (request.Options?.Tools is { Count: > 0 } ? ScriptedReply.Call("FindOrder", $$"""{"customer":"{{n++}}"}""") : "Enough.").WithUsage(90, 10));
        var answer = await Agent(model, new ReActOptions { MaxTokens = 250 }).RunAsync("?", Ct);
        Assert.Equal((4, ReActEnd.TokenLimit, 400L), (answer.Steps, answer.End, answer.Tokens));
    }

    [Fact]
    public async Task Going_round_in_circles_is_told_and_then_ended()
    {
        var n = 0;
        var model = new ScriptedChatClient(request => request.Options?.Tools is { Count: > 0 } ? ScriptedReply.Call("FindOrder", $$"""{"customer":"{{(n++ % 2 == 0 ? "Ada" : "Bob")}}"}""") : "Stuck.");
        var answer = await Agent(model, new ReActOptions { MaxSteps = 50 }).RunAsync("?", Ct);
        Assert.Equal((8, ReActEnd.Repetition), (answer.Steps, answer.End));
        Assert.Contains(model.Requests[6].Messages, static m => m.Role == ChatRole.User && m.Text.Contains("several times", StringComparison.Ordinal));
        Assert.DoesNotContain(model.Requests[5].Messages, static m => m.Text.Contains("several times", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_long_conversation_is_shortened_from_its_beginning()
    {
        var long_ = new string('x', 3_000);
        var tools = new ToolRegistry().Add(AIFunctionFactory.Create((string n) => long_ + n, "Long"));
        var n = 0;
        var model = new ScriptedChatClient(request => n < 8 ? ScriptedReply.Call("Long", $$"""{"n":"{{n++}}"}""") : "Done.");
        await new ReActAgent(model, tools, new ReActOptions { ContextTokens = 1_500, MaxSteps = 20 }).RunAsync("?", Ct);
        foreach (var request in model.Requests)
        {
            var calls = request.Messages.SelectMany(static m => m.Contents).OfType<FunctionCallContent>().Select(static c => c.CallId);
            var results = request.Messages.SelectMany(static m => m.Contents).OfType<FunctionResultContent>().ToList();
            Assert.Equal(calls, results.Select(static r => r.CallId));
            Assert.True(results.Sum(static r => r.Result!.ToString()!.Length) <= 6_100);
        }

        Assert.EndsWith("7", model.Requests[^1].Messages[^1].Contents.OfType<FunctionResultContent>().Single().Result!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_approval_is_waited_for_and_is_good_for_just_that_call()
    {
        var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);
        var agent = Agent(Refunding());
        var session = await runtime.StartAsync(agent, "Refund Ada's lamps.", new SessionOptions { Id = "s" }, Ct);
        Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct));
        Assert.DoesNotContain(_desk.Log, static l => l.StartsWith("refund", StringComparison.Ordinal));
        var requests = await session.GetRequestsAsync(Ct);
        Assert.Equal("Refund", Assert.Single(requests).Tool);
        await session.ApproveAsync([requests[0].Grant("broken indeed")], cancellationToken: Ct);
        Assert.Equal("Done: refunded 80 euros for order 7", (await session.Result).Text);
        Assert.Equal(["find Ada", "refund 7 80"], _desk.Log);
    }

    [Theory]
    [InlineData("denied")]
    [InlineData("other")]
    [InlineData("nobody")]
    public async Task Without_its_approval_a_call_is_not_made(string how)
    {
        var clock = new ManualTimeProvider();
        await using var runtime = new AgentRuntime(new MemorySessionStore(clock), new AgentRuntimeOptions { Run = new RunOptions { TimeProvider = clock } });
        var agent = Agent(Refunding());
        var session = await runtime.StartAsync(agent, "Refund Ada's lamps.", new SessionOptions { Id = "s" }, Ct);
        Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct));
        var request = (await session.GetRequestsAsync(Ct))[0];
        if (how == "nobody")
        {
            clock.Advance(TimeSpan.FromDays(7));
            await session.ResumeAsync(Ct);
        }
        else
        {
            var other = ToolApproval.Request(new FunctionCallContent(request.CallId, "Refund", new Dictionary<string, object?> { ["order"] = 7, ["amount"] = 81 })).Grant();
            await session.ApproveAsync([how == "denied" ? request.Deny("they are fine") : other], cancellationToken: Ct);
        }

        var answer = await session.Result;
        Assert.StartsWith("Done: Error:", answer.Text, StringComparison.Ordinal);
        Assert.Contains(how switch { "denied" => "they are fine", "other" => "has to be approved", _ => "in time" }, answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(_desk.Log, static l => l.StartsWith("refund", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Outside_sessions_nobody_can_approve()
    {
        var answer = await Agent(Refunding()).RunAsync("Refund Ada's lamps.", Ct);
        Assert.StartsWith("Done: Error:", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_survives_every_order_and_crash()
    {
        var call = new FunctionCallContent("call-1-0", "Refund", new Dictionary<string, object?> { ["order"] = 7, ["amount"] = 80 });
        var report = await Simulate.Agent(Agent(Refunding()), "Refund Ada's lamps.")
            .Answer(ReActAgent.Signals.Approve, [ToolApproval.Request(call).Grant()])
            .Limit(orders: 20, ordersWithCrashes: 2)
            .ExploreAsync(Ct);
        Assert.True(report.Crashes > 10, report.ToString());
    }

    private ReActAgent Agent(IChatClient model, ReActOptions? options = null) => new(model, new ToolRegistry().AddRange(_desk.Tools), options);

    /// <summary>A model that decides by what it is shown, so that it does the same again after a crash.</summary>
    private static ScriptedChatClient Refunding() => new(static request =>
    {
        var results = request.Messages.SelectMany(static m => m.Contents).OfType<FunctionResultContent>().Select(static r => r.Result!.ToString()!).ToList();
        return results.Count switch
        {
            0 => ScriptedReply.Calls(new ScriptedToolCall("FindOrder", """{"customer":"Ada"}""", "call-0-0")),
            1 => ScriptedReply.Calls(new ScriptedToolCall("Refund", """{"order":7,"amount":80}""", "call-1-0")),
            _ => "Done: " + results[^1],
        };
    });
}
