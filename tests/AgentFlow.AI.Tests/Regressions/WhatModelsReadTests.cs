using System.ClientModel;
using System.Net;
using System.Text.Json;
using AgentFlow.AI.Tests.Memory;
using AgentFlow.AI.Tests.Models;
using AgentFlow.Testing;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI.Tests.Regressions;

/// <summary>What reaches a model: whole pairs of calls and results, text as people write it, no media in Base64, and what is not known of an effect.</summary>
public sealed partial class WhatModelsReadTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Results_come_with_their_calls_and_calls_with_their_results_whatever_was_cut()
    {
        ChatMessage[] whole =
        [
            new(ChatRole.User, "?"),
            new(ChatRole.Assistant, [new FunctionCallContent("a", "f"), new FunctionCallContent("b", "f")]),
            new(ChatRole.Tool, [new FunctionResultContent("a", "A")]),
            new(ChatRole.Tool, [new FunctionResultContent("b", "B")]),
            new(ChatRole.Assistant, [new FunctionCallContent("c", "f")]),
            new(ChatRole.Tool, [new FunctionResultContent("c", "C")]),
            new(ChatRole.User, "Well?"),
        ];
        for (var cut = 1; cut < 1 << whole.Length; cut += 2)
        {
            ChatMessage[] sent = [.. whole.Where((_, i) => (cut & (1 << i)) != 0)];
            await using var server = ChatServer.Start("ok");
            using var client = Given.Client(server);
            await client.GetResponseAsync(sent, null, Ct);
            var open = new List<string>();
            foreach (var message in server.Chats[0].Messages)
            {
                Assert.True(open.Count == 0 || message.Role == ChatRole.Tool);
                foreach (var content in message.Contents)
                {
                    if (content is FunctionCallContent call)
                    {
                        open.Add(call.CallId);
                    }
                    else if (content is FunctionResultContent result)
                    {
                        Assert.True(open.Remove(result.CallId));
                    }
                }
            }

            Assert.Empty(open);
        }
    }

    [Fact]
    public async Task A_transcript_that_is_shortened_to_its_last_words_keeps_no_result_alone()
    {
        // Two turns fit, the last of which is not a result.
        var n = 0;
        var tools = new ToolRegistry().Add(AIFunctionFactory.Create(static () => new string('x', 3000), "Long"));
        var model = new ScriptedChatClient(request => request.Options?.Tools is { Count: > 0 } && n++ < 8 ? ScriptedReply.Call("Long") : "Done.");
        await new ReActAgent(model, tools, new() { ContextTokens = 500, MaxSteps = 20, MaxRepetitions = 2 }).RunAsync("?", Ct);
        Assert.All(model.Requests, static request => Assert.Equal(
            request.Messages.SelectMany(static m => m.Contents).OfType<FunctionCallContent>().Select(static c => c.CallId),
            request.Messages.SelectMany(static m => m.Contents).OfType<FunctionResultContent>().Select(static r => r.CallId)));
    }

    /// <summary>Something with umlauts and lines.</summary>
    public sealed record Note(string Text);

    /// <summary>Reads a note.</summary>
    [Tool(Effect = Effect.None)]
    private static Note Read() => new("Grüße an \"Zoë\" <b>\nund 🙂");

    /// <summary>Says something.</summary>
    [Tool(Effect = Effect.None)]
    private static string Say() => "Grüße\nund 🙂";

    /// <summary>A text without what only lays it out, and without the case that serializers choose for names.</summary>
    private static string Flat(string text) => string.Concat(text.Where(static c => !char.IsWhiteSpace(c))).ToUpperInvariant();

    [Fact]
    public async Task Text_is_not_escaped_beyond_what_JSON_asks_for()
    {
        var registry = new ToolRegistry()
            .AddRange(WhatModelsReadTests.Tools)
            .Add(AIFunctionFactory.Create(static () => "Grüße\nund 🙂", "reflected"))
            .Add(AIFunctionFactory.Create(static () => new { Text = "Grüße" }, "anonymous"));
        foreach (var (tool, expected) in new[]
        {
            ("Read", """{"text":"Grüße an \"Zoë\" <b>\nund 🙂"}"""), ("Say", "Grüße\nund 🙂"), ("reflected", "Grüße\nund 🙂"), ("anonymous", """{"text":"Grüße"}"""),
        })
        {
            var model = new ScriptedChatClient(ScriptedReply.Call(tool), "Done.");
            await new ReActAgent(model, registry).RunAsync("?", Ct);
            Assert.Equal(Flat(expected), Flat(model.Requests[1].Messages.SelectMany(static m => m.Contents).OfType<FunctionResultContent>().Single().Result!.ToString()!));

            // And on the wire of our own client.
            await using var server = ChatServer.Start("ok");
            using var client = Given.Client(server);
            var result = await new ToolInvoker(registry).InvokeAsync(new("c", tool), cancellationToken: Ct);
            await client.GetResponseAsync([new(ChatRole.Assistant, [new FunctionCallContent("c", tool, new Dictionary<string, object?> { ["q"] = "ü" })]), new(ChatRole.Tool, [result])], null, Ct);
            Assert.Equal(Flat(expected), Flat(Assert.IsType<FunctionResultContent>(server.Chats[0].Messages[1].Contents[0]).Result!.ToString()!));
            Assert.Equal("""{"q":"ü"}""", server.Requests[0].Body!.Value.GetProperty("messages")[0].GetProperty("tool_calls")[0].GetProperty("function").GetProperty("arguments").GetString());
        }
    }

    [Fact]
    public async Task Media_are_named_and_not_sent_as_text()
    {
        var picture = new DataContent(new byte[200_000], "image/png");
        var registry = new ToolRegistry()
            .Add(AIFunctionFactory.Create(() => picture, "one"))
            .Add(AIFunctionFactory.Create(() => new List<AIContent> { new TextContent("Here:"), picture }, "several"));
        foreach (var tool in new[] { "one", "several" })
        {
            var model = new ScriptedChatClient(ScriptedReply.Call(tool), "Done.");
            await new ReActAgent(model, registry, new() { Calls = new() { MaxResultLength = 1000 } }).RunAsync("?", Ct);
            var text = model.Requests[1].Messages.SelectMany(static m => m.Contents).OfType<FunctionResultContent>().Single().Result!.ToString()!;
            Assert.Contains("image/png", text, StringComparison.Ordinal);
            Assert.InRange(text.Length, 1, 100);
        }
    }

    [Theory]
    [InlineData(Effect.AtMostOnce, typeof(IOException), true)]
    [InlineData(Effect.AtLeastOnce, typeof(TimeoutException), true)]
    [InlineData(Effect.AtLeastOnce, typeof(HttpRequestException), true)]
    [InlineData(Effect.AtLeastOnce, typeof(TaskCanceledException), true)]
    [InlineData(Effect.None, typeof(IOException), false)]
    [InlineData(Effect.AtMostOnce, typeof(InvalidOperationException), false)]
    public async Task That_an_effect_is_not_known_is_told(Effect effect, Type error, bool isUnknown)
    {
        var tool = new WithEffect(AIFunctionFactory.Create(string () => throw (Exception)Activator.CreateInstance(error)!, "pay"), effect);
        var result = await new ToolInvoker(new ToolRegistry().Add(tool)).InvokeAsync(new("1", "pay"), cancellationToken: Ct);
        Assert.Equal(isUnknown, result.Result!.ToString()!.Contains("Whether it had an effect is not known", StringComparison.Ordinal));
        Assert.Equal(!isUnknown, result.Result!.ToString()!.Contains("another way", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(429, true)]
    [InlineData(500, true)]
    [InlineData(503, true)]
    [InlineData(400, false)]
    [InlineData(401, false)]
    public async Task Errors_of_the_official_client_are_known(int status, bool isTransient)
    {
        await using var endpoint = new Endpoint(_ => ((HttpStatusCode)status, """{"error":{"message":"no","code":"x"}}""", "application/json", null)) { Header = "Retry-After: 7" };
        var official = new OpenAI.Chat.ChatClient("m", new ApiKeyCredential("k"), new() { Endpoint = endpoint.Address, RetryPolicy = new System.ClientModel.Primitives.ClientRetryPolicy(0) }).AsIChatClient();
        var error = await Assert.ThrowsAsync<ClientResultException>(() => official.GetResponseAsync("?", null, Ct));
        Assert.Equal(isTransient, TransientErrors.IsTransient(error));
        Assert.Equal(isTransient ? ErrorClass.Retriable : status == 400 ? ErrorClass.Fixable : ErrorClass.Terminal, ErrorClassifier.Default.Classify(error));

        // The endpoint's time is kept, and not one of our own.
        var clock = new ManualTimeProvider();
        var before = endpoint.Count;
        using var resilient = official.WithResilience(new() { MaxAttempts = 2, Delay = TimeSpan.FromMilliseconds(1.0), TimeProvider = clock, CircuitBreaker = null });
        var calling = resilient.GetResponseAsync("?", null, Ct);
        while (isTransient && endpoint.Count < before + 1)
        {
            await Task.Yield();
        }

        var passed = TimeSpan.Zero;
        for (var step = TimeSpan.FromMilliseconds(100); isTransient && !calling.IsCompleted; passed += step)
        {
            clock.Advance(step);
            await Task.Delay(1, Ct);
        }

        Assert.True(!isTransient || passed >= TimeSpan.FromSeconds(7), $"{passed}");
        await Assert.ThrowsAsync<ClientResultException>(() => calling.WaitAsync(Patience, Ct));
        Assert.Equal(before + (isTransient ? 2 : 1), endpoint.Count);
    }

    [Fact]
    public async Task Without_embeddings_all_goes_on()
    {
        var down = new Down();
        var registry = new ToolRegistry(down).Add(AIFunctionFactory.Create(static () => 1, "weather", "Tells the weather.")).Add(AIFunctionFactory.Create(static () => 2, "alarm", "Sets an alarm."));
        Assert.Equal(["weather", "alarm"], (await registry.SearchAsync("what is the weather", 2, Ct)).Select(static tool => tool.Name));
        Assert.Equal("Fine.", (await new ReActAgent(new ScriptedChatClient("Fine."), registry, new() { OfferedTools = 1 }).RunAsync("the weather", Ct)).Text);

        using var cached = new ScriptedChatClient("a", "b").WithSimilarityCache(down, new() { Threshold = 0.9 });
        Assert.Equal("a", (await cached.GetResponseAsync("?", null, Ct)).Text);
        Assert.Equal("b", (await cached.GetResponseAsync("?", null, Ct)).Text);

        var reactive = new ReactiveAgent(new() { Handlers = [new("hours", static (_, _, _) => new("at nine")) { Keywords = ["open"], IsCacheable = true }], Default = static (_, _, _) => new("what?"), Cache = new SimilarityCacheOptions { Threshold = 0.9 }, Embeddings = down });
        Assert.Equal(("at nine", ReactiveOutcome.Handled), ((await reactive.RunAsync("open", Ct)).Text, (await reactive.RunAsync("open", Ct)).Outcome));
    }

    [Fact]
    public async Task Memories_are_found_by_their_words_while_there_are_no_embeddings_and_by_meaning_afterwards()
    {
        var embeddings = new Down { Inner = new Concepts("m", "cat kitten") };
        var memory = new LongTermMemory(new InMemoryMemoryStore(), new() { Embeddings = embeddings });
        await memory.Facts("ann").LearnAsync("She has a kitten.", cancellationToken: Ct);
        Assert.Single(await memory.RecallAsync("ann", "kitten", cancellationToken: Ct));
        Assert.Empty(await memory.RecallAsync("ann", "cat", cancellationToken: Ct));
        embeddings.IsUp = true;
        Assert.Single(await memory.RecallAsync("ann", "cat", cancellationToken: Ct));
        embeddings.IsUp = false;
        Assert.Single(await memory.RecallAsync("ann", "kitten", cancellationToken: Ct));
    }

    private sealed class WithEffect(AIFunction inner, Effect effect) : DelegatingAIFunction(inner)
    {
        public override object? GetService(Type serviceType, object? serviceKey = null) => serviceType == typeof(Effect) ? effect : base.GetService(serviceType, serviceKey);
    }

    private sealed class Down : IEmbeddingGenerator<string, Embedding<float>>
    {
        public Concepts? Inner { get; init; }

        public bool IsUp { get; set; }

        public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default) =>
            IsUp ? Inner!.GenerateAsync(values, options, cancellationToken) : throw new HttpRequestException("down");

        public object? GetService(Type serviceType, object? serviceKey = null) => Inner?.GetService(serviceType, serviceKey);

        public void Dispose()
        {
            // It holds nothing.
        }
    }
}
