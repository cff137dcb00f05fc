using System.Text.Json;
using AgentFlow.Testing;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI.Tests.Models;

public class ScriptedChatClientTests
{
    [Fact]
    public async Task It_says_what_it_was_told_to_in_order_and_remembers_what_it_was_asked()
    {
        using var model = new ScriptedChatClient("one", ScriptedReply.Streamed("t", "wo").WithUsage(3, 2));
        var messages = new List<ChatMessage>(Given.Ask("first"));
        Assert.Equal("one", (await model.GetResponseAsync(messages, null, Given.Token)).Text);
        messages.Add(new(ChatRole.User, "second"));
        var updates = new List<string>();
        await foreach (var update in model.GetStreamingResponseAsync(messages, new() { Temperature = 1 }, Given.Token))
        {
            updates.Add(update.Text);
        }

        Assert.Equal(["t", "wo", ""], updates);
        Assert.Equal(["first", "second"], model.Requests.Select(static r => r.Text));
        Assert.Equal([1, 2], model.Requests.Select(static r => r.Messages.Count));
        Assert.Equal([false, true], model.Requests.Select(static r => r.IsStreaming));
        Assert.Equal(1, model.Requests[1].Options!.Temperature);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_tool_call_has_its_arguments_an_id_and_a_finish_reason(bool streamed)
    {
        using var model = new ScriptedChatClient(ScriptedReply.Call("weather", """{"place":"Rome"}""").WithUsage(7, 5));
        var response = await Given.SendAsync(model, streamed, Given.Ask("?"));
        var call = Assert.IsType<FunctionCallContent>(Assert.Single(response.Messages.Single().Contents));
        Assert.Equal(("weather", "call_1_1", "Rome"), (call.Name, call.CallId, ((JsonElement)call.Arguments!["place"]!).GetString()));
        Assert.Equal(ChatFinishReason.ToolCalls, response.FinishReason);
        Assert.Equal(12, response.Usage!.TotalTokenCount);
    }

    [Fact]
    public async Task A_script_that_runs_out_says_so()
    {
        using var model = new ScriptedChatClient("only");
        await model.GetResponseAsync("first", null, Given.Token);
        var error = await Assert.ThrowsAsync<ScriptExhaustedException>(() => model.GetResponseAsync("what now?", null, Given.Token));
        Assert.Contains("Request 2 has no reply: the script has 1", error.Message, StringComparison.Ordinal);
        Assert.Contains("what now?", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_function_replies_to_the_request()
    {
        using var model = new ScriptedChatClient(static r => r.Text == "ping" ? "pong" : throw new InvalidOperationException("only ping"));
        Assert.Equal("pong", (await model.GetResponseAsync("ping", null, Given.Token)).Text);
        await Assert.ThrowsAsync<InvalidOperationException>(() => model.GetResponseAsync("other", null, Given.Token));
    }

    [Fact]
    public async Task Exceptions_and_faults_are_thrown_where_they_stand()
    {
        using var model = new ScriptedChatClient(
            ScriptedReply.Throw(new TimeZoneNotFoundException("x")),
            ScriptedReply.Fail(ScriptedFault.Status(429, TimeSpan.FromSeconds(7))),
            ScriptedReply.Streamed("a", "b", "c") with { Fault = ScriptedFault.CutAfter(2) });
        await Assert.ThrowsAsync<TimeZoneNotFoundException>(() => model.GetResponseAsync("?", null, Given.Token));
        Assert.Equal(TimeSpan.FromSeconds(7), (await Assert.ThrowsAsync<ModelException>(() => model.GetResponseAsync("?", null, Given.Token))).RetryAfter);
        var seen = new List<string>();
        await Assert.ThrowsAsync<ModelException>(async () =>
        {
            await foreach (var update in model.GetStreamingResponseAsync("?", null, Given.Token))
            {
                seen.Add(update.Text);
            }
        });
        Assert.Equal(["a", "b"], seen);
    }

    [Fact]
    public async Task A_gate_holds_the_reply_until_it_is_opened_or_the_caller_gives_up()
    {
        var gate = new TaskCompletionSource();
        using var model = new ScriptedChatClient(static r => "?");
        using var gated = new ScriptedChatClient(_ => ScriptedReply.FromString("open") with { Gate = gate.Task });
        var waiting = gated.GetResponseAsync("?", null, Given.Token);
        await gated.WhenRequestedAsync(1, Given.Token);
        Assert.False(waiting.IsCompleted);
        using var given = new CancellationTokenSource();
        var other = gated.GetResponseAsync("?", null, given.Token);
        await gated.WhenRequestedAsync(2, Given.Token);
        await given.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => other);
        gate.SetResult();
        Assert.Equal("open", (await waiting).Text);
    }
}
