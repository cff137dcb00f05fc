using System.Text.Json;
using AgentFlow.AI.Tests.Patterns;
using AgentFlow.Testing;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI.Tests.Regressions;

/// <summary>Whoever has agreed to a call has agreed to it once; and no call, however it is spelt, ends a run.</summary>
public sealed class ApprovalsAreGoodForOneCallTests
{
    private readonly Desk _desk = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, InlineData(true), InlineData(false)]
    public async Task An_approval_pays_once_however_often_it_is_shown(bool isNew)
    {
        var call = new FunctionCallContent("c1", "Refund", new Dictionary<string, object?> { ["order"] = 7, ["amount"] = 80 });
        var approval = ToolApproval.Request(call).Grant();

        // What was kept of it, and read again, is the same approval.
        var kept = JsonSerializer.Deserialize<ToolApproval>(JsonSerializer.Serialize(isNew ? approval : approval with { Id = null }))!;
        var registry = new ToolRegistry().AddRange(_desk.Tools);
        var invoker = new ToolInvoker(registry);
        var results = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => (isNew && i % 2 == 0 ? new ToolInvoker(registry) : invoker).InvokeAsync(call, new() { Approval = isNew && i > 2 ? approval : kept }, Ct).AsTask()));
        Assert.Equal(["refund 7 80"], _desk.Log);
        Assert.Single(results, static result => result.Exception is null);
        Assert.All(results.Where(static result => result.Exception is not null), static result => Assert.IsType<ToolApprovalRequiredException>(result.Exception));
    }

    [Fact]
    public async Task Equal_calls_are_each_approved_and_made()
    {
        var invoker = new ToolInvoker(new ToolRegistry().AddRange(_desk.Tools));
        for (var i = 0; i < 2; i++)
        {
            var call = new FunctionCallContent("c1", "Refund", new Dictionary<string, object?> { ["order"] = 7, ["amount"] = 80 });
            Assert.Null((await invoker.InvokeAsync(call, new() { Approval = ToolApproval.Request(call).Grant() }, Ct)).Exception);
        }

        Assert.Equal(2, _desk.Log.Count);
    }

    [Fact]
    public async Task In_a_session_an_approval_is_good_for_no_other_session()
    {
        await using var runtime = new AgentRuntime(new MemorySessionStore());
        var agent = new ReActAgent(new ScriptedChatClient(static asked => HasResult(asked) ? "Done." : Refund()), new ToolRegistry().AddRange(_desk.Tools));
        var one = await SuspendedAsync(runtime, agent, "one");
        var other = await SuspendedAsync(runtime, agent, "other");
        ToolApproval[] granted = [(await one.GetRequestsAsync(Ct)).Single().Grant()];
        await one.ApproveAsync(granted, cancellationToken: Ct);
        await other.ApproveAsync(granted, cancellationToken: Ct);
        Assert.Equal("Done.", (await one.Result.WaitAsync(Patience, Ct)).Text);
        Assert.Equal("Done.", (await other.Result.WaitAsync(Patience, Ct)).Text);
        Assert.Equal(["refund 7 80"], _desk.Log);
    }

    [Fact]
    public async Task In_a_session_an_approval_is_good_for_no_later_step()
    {
        await using var runtime = new AgentRuntime(new MemorySessionStore());
        var calls = 0;
        var agent = new ReActAgent(new ScriptedChatClient(_ => ++calls <= 2 ? Refund() : "Done."), new ToolRegistry().AddRange(_desk.Tools));
        var session = await SuspendedAsync(runtime, agent, "one");
        ToolApproval[] granted = [(await session.GetRequestsAsync(Ct)).Single().Grant()];

        // The button was pressed twice.
        await session.ApproveAsync(granted, cancellationToken: Ct);
        await session.ApproveAsync(granted, cancellationToken: Ct);
        Assert.Equal("Done.", (await session.Result.WaitAsync(Patience, Ct)).Text);
        Assert.Equal(["refund 7 80"], _desk.Log);
    }

    [Fact]
    public async Task Who_refuses_and_agrees_has_refused()
    {
        await using var runtime = new AgentRuntime(new MemorySessionStore());
        var agent = new ReActAgent(new ScriptedChatClient(static asked => HasResult(asked) ? "Done." : Refund()), new ToolRegistry().AddRange(_desk.Tools));
        var session = await SuspendedAsync(runtime, agent, "one");
        var request = (await session.GetRequestsAsync(Ct)).Single();
        await session.ApproveAsync([request.Grant(), request.Deny("no")], cancellationToken: Ct);
        Assert.Equal("Done.", (await session.Result.WaitAsync(Patience, Ct)).Text);
        Assert.Empty(_desk.Log);
    }

    [Fact]
    public async Task A_fork_that_has_a_request_can_be_approved()
    {
        await using var runtime = new AgentRuntime(new MemorySessionStore());
        var agent = new ReActAgent(new ScriptedChatClient(static asked => HasResult(asked) ? "Done." : Refund()), new ToolRegistry().AddRange(_desk.Tools));
        await SuspendedAsync(runtime, agent, "one");
        var fork = await runtime.ForkAsync(agent, "one", new() { Id = "fork" }, Ct);
        Assert.Equal(SessionState.Suspended, await fork.WaitAsync(Ct));
        await fork.ApproveAsync([(await fork.GetRequestsAsync(Ct)).Single().Grant()], cancellationToken: Ct);
        Assert.Equal("Done.", (await fork.Result.WaitAsync(Patience, Ct)).Text);
        Assert.Equal(["refund 7 80"], _desk.Log);
    }

    private static ScriptedReply Refund() => ScriptedReply.Calls(new ScriptedToolCall("Refund", """{"order":7,"amount":80}""", "c1"));

    private static bool HasResult(ScriptedRequest asked) => asked.Messages.Any(static m => m.Contents.OfType<FunctionResultContent>().Any());

    private static async Task<Session<ReActAgent, ReActAnswer>> SuspendedAsync(AgentRuntime runtime, ReActAgent agent, string id)
    {
        var session = await runtime.StartAsync(agent, "?", new() { Id = id }, Ct);
        Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct));
        return session;
    }

    [Theory]
    [InlineData("""{"order":7,"amount":80,"note":"\ud83d"}""")]
    [InlineData("""{"order":7,"amount":80,"note":"\ude00 and more"}""")]
    [InlineData("""{"order":7,"amount":80,"\ud83d":1}""")]
    [InlineData("""{"order":7,"amount":80,"x":{"a":1,"a":2}}""")]
    [InlineData("""{"order":"\ud83dx","amount":80}""")]
    public async Task Half_a_character_in_a_call_is_told_to_the_model(string arguments)
    {
        foreach (var tool in new[] { "Refund", "FindOrder" })
        {
            await using var runtime = new AgentRuntime(new MemorySessionStore());
            var model = new ScriptedChatClient(ScriptedReply.Call(tool, arguments), "Sorry.");
            var session = await runtime.StartAsync(new ReActAgent(model, new ToolRegistry().AddRange(_desk.Tools)), "?", cancellationToken: Ct);
            Assert.Equal(SessionState.Completed, await session.WaitAsync(Ct));
            Assert.Equal("Sorry.", (await session.Result).Text);
            Assert.StartsWith("Error:", model.Requests[1].Messages.SelectMany(static m => m.Contents).OfType<FunctionResultContent>().Single().Result!.ToString(), StringComparison.Ordinal);
            Assert.Empty(_desk.Log);
        }
    }

    [Fact]
    public async Task Half_a_character_from_another_client_is_told_to_the_model()
    {
        object?[] values = ["\ud83d", JsonElement.Parse("""{"a":["\ud83d"]}"""), new Dictionary<string, object?> { ["a"] = "\ude00" }];
        foreach (var value in values)
        {
            var invoker = new ToolInvoker(new ToolRegistry().AddRange(_desk.Tools));
            var call = new FunctionCallContent("1", "Refund", new Dictionary<string, object?> { ["order"] = 7, ["amount"] = 80, ["note"] = value });
            Assert.False(invoker.NeedsApproval(call));
            Assert.StartsWith("Error:", (await invoker.InvokeAsync(call, cancellationToken: Ct)).Result!.ToString(), StringComparison.Ordinal);
            Assert.Throws<ArgumentException>(() => ToolCallHash.Of(call));
        }
    }
}
