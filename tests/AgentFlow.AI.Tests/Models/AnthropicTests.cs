using System.Net;
using AgentFlow.AI.Tests.Patterns;
using AgentFlow.Testing;
using Anthropic;
using Anthropic.Exceptions;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI.Tests.Models;

/// <summary>The official client of Anthropic's models, under our layers and agents, over HTTP.</summary>
public sealed class AnthropicTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_agent_reasons_with_its_tools()
    {
        await using var server = new AnthropicServer(
            AnthropicServer.Message("""{"type":"text","text":"I look."},{"type":"tool_use","id":"tu_1","name":"FindOrder","input":{"customer":"Ada"}}""", "tool_use"),
            AnthropicServer.Text("The lamps are broken."));
        var desk = new Desk();
        var answer = await new ReActAgent(Claude(server), new ToolRegistry().AddRange(desk.Tools)).RunAsync("What is wrong with Ada's order?", Ct);
        Assert.Equal(("The lamps are broken.", 2, 240), (answer.Text, answer.Steps, answer.Tokens));
        Assert.Equal(["find Ada"], desk.Log);
        var second = server.Requests[1].GetRawText();
        Assert.Contains("\"tool_use_id\":\"tu_1\"", second, StringComparison.Ordinal);
        Assert.Contains("order 7 of Ada", second, StringComparison.Ordinal);
        Assert.Contains("customer", server.Requests[0].GetProperty("tools")[0].GetRawText() + server.Requests[0].GetProperty("tools")[1].GetRawText() + server.Requests[0].GetProperty("tools")[2].GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Its_tokens_are_events_of_the_run()
    {
        await using var server = new AnthropicServer(AnthropicServer.Stream("Hel", "lo"));
        var events = new List<AgentEvent>();
        await foreach (var e in new ReActAgent(Claude(server), new ToolRegistry()).StreamAsync("Greet.", Ct))
        {
            events.Add(e);
        }

        Assert.Equal(["Hel", "lo"], events.Where(static e => e.Kind == AgentEventKind.LlmToken).Select(static e => e.Message));
        Assert.True(events[^1].TryGetValue(out ReActAnswer? answer));
        Assert.Equal(("Hello", 120), (answer!.Text, answer.Tokens));
    }

    [Fact]
    public async Task What_may_pass_is_tried_again_and_what_may_not_is_told()
    {
        var busy = """{"type":"error","error":{"type":"overloaded_error","message":"busy"}}""";
        await using var server = new AnthropicServer((529, busy), (429, busy), AnthropicServer.Text("Here."), (401, busy));
        var clock = new ManualTimeProvider();
        var claude = Claude(server, clock);
        var asking = claude.GetResponseAsync("Hello?", cancellationToken: Ct);
        while (!asking.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Equal("Here.", (await asking).Text);
        await Assert.ThrowsAsync<AnthropicUnauthorizedException>(() => claude.GetResponseAsync("Hello?", cancellationToken: Ct));
        Assert.Equal(4, server.Requests.Count);
    }

    private static IChatClient Claude(AnthropicServer server, TimeProvider? clock = null) =>
        new AnthropicClient { ApiKey = "key", BaseUrl = server.Endpoint, MaxRetries = 0 }.AsIChatClient("claude").WithResilience(new()
        {
            TimeProvider = clock ?? TimeProvider.System,
            IsTransient = static error => error is AnthropicApiException { StatusCode: HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError } || TransientErrors.IsTransient(error),
        });
}
