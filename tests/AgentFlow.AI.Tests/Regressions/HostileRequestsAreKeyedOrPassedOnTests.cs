using System.Text;
using System.Text.Json;
using AgentFlow.AI.Tests.Memory;
using AgentFlow.Testing;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI.Tests.Regressions;

/// <summary>
/// What a cache makes a key of comes from models and their callers: too deep, holding itself, or half of a character. A request was lost
/// with the key, and two texts had one.
/// </summary>
public sealed class HostileRequestsAreKeyedOrPassedOnTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string> Values => ["deep", "deep text", "circle"];

    [Theory, MemberData(nameof(Values))]
    public async Task A_request_that_has_no_key_is_sent(string kind)
    {
        using var model = new ScriptedChatClient(static request => $"{request.Index}");
        using var client = model.WithCache();
        for (var i = 0; i < 2; i++)
        {
            ChatMessage[] messages = [new(ChatRole.User, "?"), new(ChatRole.Assistant, [new FunctionCallContent("1", "f", new Dictionary<string, object?> { ["v"] = Make(kind) })]), new(ChatRole.Tool, [new FunctionResultContent("1", Make(kind))])];
            Assert.Equal($"{i}", (await client.GetResponseAsync(messages, null, Ct)).Text);
        }
    }

    [Fact]
    public async Task Halves_of_characters_are_told_apart()
    {
        using var model = new ScriptedChatClient(static request => $"{request.Index}");
        using var client = model.WithCache();
        Assert.Equal("0", (await client.GetResponseAsync("\ud800", null, Ct)).Text);
        Assert.Equal("1", (await client.GetResponseAsync("\ud801", null, Ct)).Text);
        Assert.Equal("2", (await client.GetResponseAsync("?", new() { Instructions = "\ud800" }, Ct)).Text);
        Assert.Equal("3", (await client.GetResponseAsync("?", new() { Instructions = "\ud801" }, Ct)).Text);
        foreach (var (kind, answer) in (KeyValuePair<string, string>[])[new("ud800", "4"), new("ud801", "5")])
        {
            ChatMessage[] messages = [new(ChatRole.User, "?"), new(ChatRole.Assistant, [new FunctionCallContent("1", "f", new Dictionary<string, object?> { ["v"] = Make(kind) })]), new(ChatRole.Tool, [new FunctionResultContent("1", Make(kind))])];
            Assert.Equal(answer, (await client.GetResponseAsync(messages, null, Ct)).Text);
        }
    }

    [Fact]
    public async Task A_large_request_is_keyed_in_the_time_that_reading_it_takes()
    {
        using var model = new ScriptedChatClient("once");
        using var client = model.WithCache();
        var text = string.Concat(Enumerable.Repeat("'a \"b \u00fc ", 500));
        var messages = Enumerable.Range(0, 2_000).Select(i => new ChatMessage(i % 2 == 0 ? ChatRole.User : ChatRole.Assistant, text)).ToArray();
        await Task.Run(
            async () =>
            {
                await client.GetResponseAsync(messages, null, Ct);
                await client.GetResponseAsync(messages, null, Ct);
            },
            Ct).WaitAsync(Patience, Ct);
        Assert.Single(model.Requests);
    }

    [Theory]
    [InlineData("'a ")]
    [InlineData("\"a ")]
    [InlineData("aB")]
    [InlineData("x'x ")]
    [InlineData("the ")]
    public async Task Questions_queries_and_tasks_are_read_in_linear_time(string part)
    {
        var text = string.Concat(Enumerable.Repeat(part, 1_000_000 / part.Length));
        await Task.Run(
            async () =>
            {
                var cache = new PlanCache();
                cache.Set(text, "{}");
                Assert.True(cache.TryGet(text, out _));
                Assert.False(cache.TryGet(text + "b", out _));

                var memory = new LongTermMemory(new InMemoryMemoryStore());
                await memory.Facts("ann").LearnAsync(text[..16_000], cancellationToken: Ct);
                await memory.RecallAsync("ann", text, cancellationToken: Ct);

                using var model = new ScriptedChatClient(static request => $"{request.Index}");
                using var similar = model.WithSimilarityCache(new Concepts("m", "a b"), new() { Threshold = 0.5 });
                Assert.Equal("0", (await similar.GetResponseAsync(text, null, Ct)).Text);
                Assert.Equal("1", (await similar.GetResponseAsync(text + "b", null, Ct)).Text);
            },
            Ct).WaitAsync(Patience, Ct);
    }

    private static object? Make(string kind)
    {
        switch (kind)
        {
            case "deep":
                object value = 1;
                for (var i = 0; i < 5_000; i++)
                {
                    value = new List<object> { value };
                }

                return value;
            case "deep text":
                return JsonElement.Parse(Encoding.UTF8.GetBytes(new string('[', 900) + new string(']', 900)), new() { MaxDepth = 1_000 });
            case "circle":
                var circle = new Dictionary<string, object?>();
                circle["self"] = circle;
                return circle;
            default:
                return JsonElement.Parse($"\"\\{kind}\"");
        }
    }
}
