using System.Net;
using System.Text.Json;
using AgentFlow.AI.Tests.Models;
using AgentFlow.Testing;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI.Tests.Regressions;

/// <summary>Servers that speak the protocol not quite: what they mean is understood, where it can be.</summary>
public sealed class AnswersInOtherWordsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string, string[]> Streams => new()
    {
        { "one index, two ids", ["{\"index\":0,\"id\":\"a\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"x\\\":\"}}", "{\"index\":0,\"function\":{\"arguments\":\"1}\"}}", "{\"index\":0,\"id\":\"b\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"x\\\":2}\"}}"] },
        { "one index, no ids", ["{\"index\":0,\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"x\\\":1}\"}}", "{\"index\":0,\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"x\\\":2}\"}}"] },
        { "no index", ["{\"id\":\"a\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"x\\\":1}\"}}", "{\"id\":\"b\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"x\\\":2}\"}}"] },
        { "the id and the name again", ["{\"index\":0,\"id\":\"a\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"x\\\":\"}}", "{\"index\":0,\"id\":\"a\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"1}\"}}", "{\"index\":1,\"id\":\"\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"x\\\":2}\"}}"] },
        { "objects", ["{\"index\":0,\"id\":\"a\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":{\"x\":1}}}", "{\"index\":1,\"id\":\"b\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":{\"x\":2}}}"] },
    };

    [Theory, MemberData(nameof(Streams))]
    public async Task Streamed_calls_are_told_apart(string what, string[] fragments)
    {
        _ = what;
        await using var endpoint = new Endpoint(_ => (HttpStatusCode.OK, string.Concat(fragments.Select(static f => Chunk("{\"tool_calls\":[" + f + "]}", "null"))) + Chunk("{}", "\"tool_calls\"") + "data: [DONE]\n\n", "text/event-stream", null));
        using var client = new OpenAIChatClient(new() { Model = "m", Endpoint = endpoint.Address });
        var response = await Given.SendAsync(client, streamed: true, Given.Ask("?"));
        var calls = response.Messages.SelectMany(static m => m.Contents).OfType<FunctionCallContent>().ToList();
        Assert.Equal([1, 2], calls.Select(static call => ((JsonElement)call.Arguments!["x"]!).GetInt32()));
        Assert.Equal(2, calls.Select(static call => call.CallId).Where(static id => !string.IsNullOrEmpty(id)).Distinct().Count());
    }

    [Theory]
    [InlineData("\"\"")]
    [InlineData("\"  \"")]
    [InlineData("\"null\"")]
    [InlineData("null")]
    [InlineData(null)]
    [InlineData("{}")]
    public async Task Arguments_that_are_none_are_none(string? arguments)
    {
        var function = "{\"name\":\"f\"" + (arguments is null ? "" : ",\"arguments\":" + arguments) + "}";
        var call = "{\"index\":0,\"id\":\"a\",\"type\":\"function\",\"function\":" + function + "}";
        await using var endpoint = new Endpoint(path => (HttpStatusCode.OK, "{\"id\":\"1\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[" + call + "]},\"finish_reason\":\"tool_calls\"}]}", "application/json", null));
        await using var streaming = new Endpoint(_ => (HttpStatusCode.OK, Chunk("{\"tool_calls\":[" + call + "]}", "null") + Chunk("{}", "\"tool_calls\"") + "data: [DONE]\n\n", "text/event-stream", null));
        foreach (var (address, streamed) in new[] { (endpoint.Address, false), (streaming.Address, true) })
        {
            using var client = new OpenAIChatClient(new() { Model = "m", Endpoint = address });
            var response = await Given.SendAsync(client, streamed, Given.Ask("?"));
            var only = response.Messages.SelectMany(static m => m.Contents).OfType<FunctionCallContent>().Single();
            Assert.Null(only.Exception);
            Assert.Empty(only.Arguments!);
        }
    }

    [Theory]
    [InlineData("\"\"", "stop")]
    [InlineData("\"eos\"", "stop")]
    [InlineData("\"STOP\"", "stop")]
    [InlineData("null", "stop")]
    [InlineData("\"max_tokens\"", "length")]
    [InlineData("\"content_filter\"", "content_filter")]
    public async Task A_reason_to_finish_that_is_not_known_is_no_reason_to_refuse_an_answer(string reason, string expected)
    {
        await using var endpoint = new Endpoint(_ => (HttpStatusCode.OK, Endpoint.Answer("yes").Replace("\"stop\"", reason, StringComparison.Ordinal), "application/json", null));
        await using var streaming = new Endpoint(_ => (HttpStatusCode.OK, Chunk("{\"content\":\"y\"}", "\"\"") + Chunk("{\"content\":\"es\"}", reason) + "data: [DONE]\n\n", "text/event-stream", null));
        foreach (var (address, streamed) in new[] { (endpoint.Address, false), (streaming.Address, true) })
        {
            using var client = new OpenAIChatClient(new() { Model = "m", Endpoint = address });
            var response = await Given.SendAsync(client, streamed, Given.Ask("?"));
            Assert.Equal(("yes", expected), (response.Text, response.FinishReason?.Value));
        }
    }

    private static string Chunk(string delta, string reason) => "data: {\"id\":\"1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":" + delta + ",\"finish_reason\":" + reason + "}]}\n\n";
}
