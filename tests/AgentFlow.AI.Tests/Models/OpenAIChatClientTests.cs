using System.Net;
using System.Text.Json;
using AgentFlow.Testing;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI.Tests.Models;

/// <summary>The real client over real HTTP.</summary>
public class OpenAIChatClientTests
{
    private const string Key = "sk-test-0123456789";

    [Theory, InlineData(false), InlineData(true)]
    public async Task Text_usage_model_and_finish_reason_come_through(bool streamed)
    {
        await using var server = ChatServer.Start(ScriptedReply.Streamed("Hel", "lo, ", "wörld 🙂").WithUsage(11, 4, cachedInputTokens: 5) with { ModelId = "test-model-2" });
        using var client = Given.Client(server);
        var response = await Given.SendAsync(client, streamed, Given.Ask("Hi"));
        Assert.Equal("Hello, wörld 🙂", response.Text);
        Assert.Equal((11, 4, 15, 5), (response.Usage!.InputTokenCount, response.Usage.OutputTokenCount, response.Usage.TotalTokenCount, response.Usage.CachedInputTokenCount));
        Assert.Equal(("test-model-2", "chatcmpl-1", ChatFinishReason.Stop), (response.ModelId, response.ResponseId, response.FinishReason));
        Assert.Equal(streamed, Assert.Single(server.Chats).IsStreaming);
    }

    [Fact]
    public async Task Chunks_come_as_they_are_sent()
    {
        var gate = new TaskCompletionSource();
        await using var server = ChatServer.Start(ScriptedReply.Streamed("a", "b", "c") with { Gate = gate.Task, ChunksBeforeGate = 1 });
        using var client = Given.Client(server);
        var seen = new List<string>();
        await foreach (var update in client.GetStreamingResponseAsync("?", null, Given.Token))
        {
            if (update.Text.Length > 0)
            {
                seen.Add(update.Text);
                gate.TrySetResult(); // Were chunks held back, this would never be reached.
            }
        }

        Assert.Equal(["a", "b", "c"], seen);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Tool_calls_come_through_whole_even_in_fragments(bool streamed)
    {
        await using var server = ChatServer.Start(ScriptedReply.Calls(
            new ScriptedToolCall("weather", """{"place":"Bad Mergentheim 🙂","days":[1,2,3]}"""),
            new ScriptedToolCall("weather", "{}"),
            new ScriptedToolCall("weather", "{broken")));
        using var client = Given.Client(server);
        var response = await Given.SendAsync(client, streamed, Given.Ask("?"), new() { Tools = [Given.Weather] });
        var calls = response.Messages.SelectMany(static m => m.Contents).OfType<FunctionCallContent>().ToArray();
        Assert.Equal(["call_1_1", "call_1_2", "call_1_3"], calls.Select(static c => c.CallId));
        Assert.Equal("Bad Mergentheim 🙂", ((JsonElement)calls[0].Arguments!["place"]!).GetString());
        Assert.Empty(calls[1].Arguments!);
        Assert.IsAssignableFrom<JsonException>(calls[2].Exception);
        Assert.Equal(ChatFinishReason.ToolCalls, response.FinishReason);
    }

    [Fact]
    public async Task Messages_of_all_roles_and_all_options_arrive_as_they_were_meant()
    {
        await using var server = ChatServer.Start("done");
        using var client = Given.Client(server);
        ChatMessage[] messages =
        [
            new(ChatRole.System, "be brief"),
            new(ChatRole.User, [new TextContent("what is"), new DataContent(new byte[] { 1, 2, 3 }, "image/png")]),
            new(ChatRole.Assistant, [new TextReasoningContent("hm"), new TextContent("I look"), new FunctionCallContent("c1", "weather", new Dictionary<string, object?> { ["place"] = "Rome", ["n"] = 2, ["none"] = null }), new FunctionCallContent("c2", "weather")]),
            new(ChatRole.Tool, [new FunctionResultContent("c1", "sunny"), new FunctionResultContent("c2", JsonElement.Parse("""{"t":21}"""))]),
        ];
        await client.GetResponseAsync(messages, new()
        {
            Instructions = "obey",
            ModelId = "other-model",
            Temperature = 0.5f,
            TopP = 0.25f,
            TopK = 40,
            Seed = 42,
            MaxOutputTokens = 99,
            StopSequences = ["END"],
            Tools = [Given.Weather],
            ToolMode = ChatToolMode.RequireSpecific("weather"),
            AllowMultipleToolCalls = false,
            ResponseFormat = ChatResponseFormat.ForJsonSchema(JsonElement.Parse("""{"type":"object","properties":{},"required":[],"additionalProperties":false}"""), "shape", "a shape"),
            Reasoning = new() { Effort = ReasoningEffort.Low },
        }, Given.Token);

        var chat = Assert.Single(server.Chats);
        Assert.Equal(["system", "system", "user", "assistant", "tool", "tool"], chat.Messages.Select(static m => m.Role.Value));
        Assert.Equal([1, 2, 3], Assert.IsType<DataContent>(chat.Messages[2].Contents[1]).Data.ToArray());
        var call = Assert.IsType<FunctionCallContent>(chat.Messages[3].Contents[1]);
        Assert.Equal("""{"place":"Rome","n":2,"none":null}""", server.Requests[0].Body!.Value.GetProperty("messages")[3].GetProperty("tool_calls")[0].GetProperty("function").GetProperty("arguments").GetString());
        Assert.Equal("c1", call.CallId);
        Assert.Equal("sunny", Assert.IsType<FunctionResultContent>(chat.Messages[4].Contents[0]).Result);
        Assert.Equal("""{"t":21}""", Assert.IsType<FunctionResultContent>(chat.Messages[5].Contents[0]).Result);
        var options = chat.Options!;
        Assert.Equal(("other-model", 0.5f, 0.25f, 42L, 99), (options.ModelId, options.Temperature, options.TopP, options.Seed, options.MaxOutputTokens));
        Assert.Equal(["END"], options.StopSequences!);
        Assert.Equal("weather", Assert.Single(options.Tools!).Name);
        Assert.Equal("shape", Assert.IsType<ChatResponseFormatJson>(options.ResponseFormat).SchemaName);
        var body = server.Requests[0].Body!.Value;
        Assert.Equal(40, body.GetProperty("top_k").GetInt32());
        Assert.Equal("low", body.GetProperty("reasoning_effort").GetString());
        Assert.False(body.GetProperty("parallel_tool_calls").GetBoolean());
        Assert.Equal("weather", body.GetProperty("tool_choice").GetProperty("function").GetProperty("name").GetString());
        Assert.True(body.GetProperty("response_format").GetProperty("json_schema").GetProperty("strict").GetBoolean());
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_refused_request_has_status_code_and_time_to_wait_and_is_sent_once(bool streamed)
    {
        await using var server = ChatServer.Start(ScriptedReply.Fail(ScriptedFault.Status(429, TimeSpan.FromSeconds(12), "rate_limit_exceeded")));
        using var client = Given.Client(server);
        var error = await Assert.ThrowsAsync<ModelException>(() => Given.SendAsync(client, streamed, Given.Ask("?")));
        Assert.Equal((HttpStatusCode.TooManyRequests, TimeSpan.FromSeconds(12), "rate_limit_exceeded"), (error.StatusCode, error.RetryAfter, error.Code));
        Assert.True(error.IsTransient);
        Assert.Contains("test-model", error.Message, StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task What_chat_completions_cannot_say_is_refused_before_anything_is_sent()
    {
        await using var server = ChatServer.Start("never");
        using var client = Given.Client(server);
        await Assert.ThrowsAsync<NotSupportedException>(() => client.GetResponseAsync("?", new() { ConversationId = "x" }, Given.Token));
        await Assert.ThrowsAsync<NotSupportedException>(() => client.GetResponseAsync("?", new() { Tools = [new HostedWebSearchTool()] }, Given.Token));
        await Assert.ThrowsAsync<NotSupportedException>(() => client.GetResponseAsync([new ChatMessage(ChatRole.User, [new DataContent(new byte[] { 1 }, "audio/wav")])], null, Given.Token));
        await Assert.ThrowsAsync<NotSupportedException>(() => client.GetResponseAsync([new ChatMessage(new ChatRole("oracle"), "x")], null, Given.Token));
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task The_key_is_sent_and_appears_nowhere_else()
    {
        await using var server = ChatServer.Start(static _ => throw new InvalidOperationException("echo " + Key), new() { ApiKey = Key });
        using var client = Given.Client(server, key: Key);
        var error = await Assert.ThrowsAsync<ModelException>(() => client.GetResponseAsync("?", null, Given.Token));
        Assert.Equal(HttpStatusCode.InternalServerError, error.StatusCode); // The server took the key.
        Assert.DoesNotContain(Key, error.ToString(), StringComparison.Ordinal);
        Assert.Contains("echo [key]", error.Message, StringComparison.Ordinal);
        Assert.Equal("[redacted]", server.Requests[0].Headers["authorization"]);
        using var stranger = Given.Client(server, key: "sk-wrong");
        var refused = await Assert.ThrowsAsync<ModelException>(() => stranger.GetResponseAsync("?", null, Given.Token));
        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_api_key", false), (refused.StatusCode, refused.Code, refused.IsTransient));
    }

    [Fact]
    public async Task Without_a_key_none_is_sent()
    {
        await using var server = ChatServer.Start("x");
        using var client = Given.Client(server);
        await client.GetResponseAsync("?", null, Given.Token);
        Assert.False(server.Requests[0].Headers.ContainsKey("Authorization"));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task An_answer_that_is_too_long_is_cut_off(bool streamed)
    {
        await using var server = ChatServer.Start(new ScriptedReply { Chunks = [.. Enumerable.Repeat(new string('x', 1000), 100)] });
        using var client = new OpenAIChatClient(new() { Model = "m", Endpoint = server.Endpoint, MaxResponseBytes = 20_000 });
        var error = await Assert.ThrowsAsync<ModelException>(() => Given.SendAsync(client, streamed, Given.Ask("?")));
        Assert.Contains("longer than 20000 bytes", error.Message, StringComparison.Ordinal);
        Assert.False(error.IsTransient);
    }

    [Theory]
    [InlineData("data: {\"id\":\"1\",\"model\":\"m\",\"object\":\"chat.completion.chunk\",\"created\":1,\"choices\":[{\"index\":0,\"delta\":{\"content\":\"half\"}}]}\n\n", "half")]
    [InlineData("", "")]
    public async Task A_stream_that_ends_politely_but_too_early_is_an_error(string body, string seen)
    {
        using var handler = new Answering(body);
        using var client = new OpenAIChatClient(new() { Model = "m", Endpoint = new("http://model.invalid/v1"), Handler = handler });
        var text = "";
        var error = await Assert.ThrowsAsync<ModelException>(async () =>
        {
            await foreach (var update in client.GetStreamingResponseAsync("?", null, Given.Token))
            {
                text += update.Text;
            }
        });
        Assert.Equal(seen, text);
        Assert.Contains("the stream ended before the answer did", error.Message, StringComparison.Ordinal);
        Assert.True(error.IsTransient);
    }

    private sealed class Answering(string body) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage { Content = new StringContent(body, System.Text.Encoding.UTF8, "text/event-stream") });
    }

    [Fact]
    public async Task A_script_that_runs_out_is_told_to_the_client()
    {
        await using var server = ChatServer.Start();
        using var client = Given.Client(server);
        var error = await Assert.ThrowsAsync<ModelException>(() => client.GetResponseAsync("?", null, Given.Token));
        Assert.Equal(("script_exhausted", HttpStatusCode.BadRequest), (error.Code, error.StatusCode));
    }

    [Fact]
    public void It_tells_what_it_is_and_refuses_what_is_no_endpoint()
    {
        using var client = new OpenAIChatClient(new() { Model = "m", Endpoint = new("http://localhost:1/v1") });
        var metadata = client.GetService<ChatClientMetadata>()!;
        Assert.Equal(("openai", "m", new Uri("http://localhost:1/v1")), (metadata.ProviderName, metadata.DefaultModelId, metadata.ProviderUri));
        Assert.NotNull(client.GetService<OpenAI.Chat.ChatClient>());
        Assert.Throws<ArgumentException>(() => new OpenAIChatClient(new() { Model = " " }));
        Assert.Throws<ArgumentException>(() => new OpenAIChatClient(new() { Model = "m", Endpoint = new("ftp://x") }));
    }

    [Fact]
    public async Task Embeddings_come_in_order_and_alike_texts_are_near()
    {
        await using var server = ChatServer.Start(static _ => "");
        using var generator = new OpenAIEmbeddingGenerator(new() { Model = "vectors", Endpoint = server.Endpoint });
        var vectors = await generator.GenerateAsync(["the cat sat", "sat the CAT", "quarterly revenue figures"], null, Given.Token);
        Assert.Equal(3, vectors.Count);
        Assert.Equal(64, vectors[0].Vector.Length);
        Assert.Equal(vectors[0].Vector.ToArray(), vectors[1].Vector.ToArray());
        Assert.NotEqual(vectors[0].Vector.ToArray(), vectors[2].Vector.ToArray());
        Assert.Equal(9, vectors.Usage!.InputTokenCount);
        Assert.Empty(await generator.GenerateAsync([], null, Given.Token));
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task The_server_lists_models_and_refuses_what_it_does_not_know()
    {
        await using var server = ChatServer.Start(static _ => "", new() { Models = ["a", "b"], MaxBodyBytes = 100 });
        using var http = new HttpClient();
        var root = server.Endpoint.ToString();
        Assert.Contains("\"b\"", await http.GetStringAsync(new Uri(root + "/models"), Given.Token), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync(new Uri(root + "/files"), Given.Token)).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await http.PostAsync(new Uri(root + "/chat/completions"), new StringContent("{"), Given.Token)).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await http.PostAsync(new Uri(root + "/chat/completions"), new StringContent("{}"), Given.Token)).StatusCode);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await http.PostAsync(new Uri(root + "/chat/completions"), new StringContent(new string('x', 200)), Given.Token)).StatusCode);
        Assert.Equal(5, server.Requests.Count);
    }
}
