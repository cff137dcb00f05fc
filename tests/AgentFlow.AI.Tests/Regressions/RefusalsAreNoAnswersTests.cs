using AgentFlow.AI.Tests.Models;
using AgentFlow.Testing;
using Microsoft.Extensions.AI;
using OpenAI;

namespace AgentFlow.AI.Tests.Regressions;

/// <summary>A model that refuses has said so in other fields than its text. That is an end of its own, and quoted, wherever a reply is read.</summary>
public sealed class RefusalsAreNoAnswersTests
{
    private const string Words = "I cannot help with that.";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string> Models => ["ours", "official", "marked", "filtered"];

    [Theory, MemberData(nameof(Models))]
    public async Task ReAct_ends_as_refused(string model)
    {
        await using var refusing = new Refusing(model);
        var answer = await new ReActAgent(refusing.Client, new ToolRegistry()).RunAsync("?", Ct);
        Assert.Equal((refusing.Quoted, ReActEnd.Refused, 1), (answer.Text, answer.End, answer.Steps));
    }

    [Theory, MemberData(nameof(Models))]
    public async Task A_value_is_asked_for_once(string model)
    {
        await using var refusing = new Refusing(model);
        var error = await Assert.ThrowsAsync<ModelRefusalException>(async () => await refusing.Client.GetAsync([new(ChatRole.User, "?")], RefusedJson.Default.Refused, cancellationToken: Ct));
        Assert.Equal(refusing.Quoted, error.Refusal);
        Assert.Contains(refusing.Quoted, error.Message, StringComparison.Ordinal);
        Assert.Equal(1, refusing.Asked);
    }

    [Fact]
    public async Task Every_pattern_quotes_it()
    {
        await using var refusing = new Refusing("marked");
        var model = refusing.Client;
        Assert.Contains(Words, await FailAsync(async () => await new RefinementAgent(model, model).RunAsync("?", Ct)), StringComparison.Ordinal);
        Assert.Contains(Words, await FailAsync(async () => await new ReflexionAgent(model, static (_, _, _) => new(new Evaluation(true))).RunAsync("?", Ct)), StringComparison.Ordinal);
        Assert.Contains(Words, await FailAsync(async () => await new ChainOfThoughtAgent(model).RunAsync("?", Ct)), StringComparison.Ordinal);
        Assert.Contains(Words, await FailAsync(async () => await new DecompositionAgent(model).SolveAsync("?", Ct)), StringComparison.Ordinal);
        var planned = await new PlanAndExecuteAgent(model, new PlanCatalog().AddModel("ask", model), new() { MaxPlans = 1 }).RunAsync("?", Ct);
        Assert.False(planned.Succeeded);
        Assert.Contains(Words, planned.Failures.Single().Message, StringComparison.Ordinal);
        Assert.Equal(PatternLimit.Refusal, planned.Limit);

        static async Task<string> FailAsync(Func<Task> run)
        {
            var error = await Assert.ThrowsAnyAsync<Exception>(run);
            return error.ToString();
        }
    }

    [Fact]
    public async Task No_pattern_takes_silence_for_an_answer()
    {
        using var model = new ScriptedChatClient(static _ => " ");
        await FailAsync(async () => await new RefinementAgent(model, model).RunAsync("?", Ct));
        await FailAsync(async () => await new ReflexionAgent(model, static (_, _, _) => new(new Evaluation(true))).RunAsync("?", Ct));
        using var split = new ScriptedChatClient(static request => request.Index == 0 ? """{"subtasks":[]}""" : "");
        await FailAsync(async () => await new DecompositionAgent(split).SolveAsync("?", Ct));
        const string Plan = """{"actions":[{"name":"ask","type":"llm","parameters":{"prompt":"?"}}]}""";
        using var planner = new ScriptedChatClient(static _ => Plan);
        var planned = await new PlanAndExecuteAgent(planner, new PlanCatalog().AddModel("ask", model), new() { MaxPlans = 1 }).RunAsync("?", Ct);
        Assert.False(planned.Succeeded);
        Assert.Equal(ErrorClass.Retriable, ErrorClassifier.Default.Classify(new EmptyReplyException()));

        static async Task FailAsync(Func<Task> run)
        {
            var error = await Assert.ThrowsAnyAsync<Exception>(run);
            Assert.Contains(nameof(EmptyReplyException), error.ToString(), StringComparison.Ordinal);
        }
    }

    [Theory, InlineData("ours"), InlineData("official")]
    public async Task A_refusal_that_comes_in_pieces_is_one(string model)
    {
        await using var endpoint = InPieces(static () => { });
        using var client = ClientOf(model, endpoint);
        if (model == "ours")
        {
            var response = await client.GetStreamingResponseAsync("?", null, Ct).ToChatResponseAsync(Ct);
            Assert.Equal((Words, ""), (response.GetRefusal(), response.Text));
        }

        await IsRefusedAsync(client);
    }

    [Theory, InlineData("ours"), InlineData("official")]
    public async Task A_refusal_that_comes_in_pieces_is_neither_kept_nor_recorded_as_a_blank_reply(string model)
    {
        var asked = 0;
        await using var endpoint = InPieces(() => asked++);
        using (var cached = ClientOf(model, endpoint).WithCache())
        {
            await IsRefusedAsync(cached);
            await IsRefusedAsync(cached);
            Assert.Equal(2, asked);
        }

        var file = Path.Combine(Directory.CreateTempSubdirectory("refusals").FullName, "replies.jsonl");
        using (var recorder = new RecordingChatClient(ClientOf(model, endpoint), file))
        {
            await recorder.GetStreamingResponseAsync("?", null, Ct).ToChatResponseAsync(Ct);
        }

        using (var replayed = new ReplayingChatClient(file))
        {
            Assert.Equal(Words, (await replayed.GetResponseAsync("?", null, Ct)).GetRefusal());
        }

        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
    }

    /// <summary>An observed run streams.</summary>
    private static async Task IsRefusedAsync(IChatClient client)
    {
        ReActAnswer? answer = null;
        await foreach (var e in new ReActAgent(client, new ToolRegistry()).StreamAsync("?", Ct))
        {
            _ = e.Kind == AgentEventKind.AgentCompleted && e.TryGetValue(out answer);
        }

        Assert.Equal((Words, ReActEnd.Refused), (answer!.Text, answer.End));
    }

    private static IChatClient ClientOf(string model, Endpoint endpoint) => model == "ours"
        ? new OpenAIChatClient(new() { Model = "m", Endpoint = endpoint.Address })
        : new OpenAI.Chat.ChatClient("m", new System.ClientModel.ApiKeyCredential("k"), new OpenAIClientOptions { Endpoint = endpoint.Address }).AsIChatClient();

    /// <summary>An endpoint that refuses word by word.</summary>
    private static Endpoint InPieces(Action asked)
    {
        const string Chunk = """data: {"id":"1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{DELTA},"finish_reason":END}]}""" + "\n\n";
        var words = Words.Split(' ', 2);
        var body = Chunk.Replace("DELTA", $"\"role\":\"assistant\",\"refusal\":\"{words[0]} \"", StringComparison.Ordinal).Replace("END", "null", StringComparison.Ordinal)
            + Chunk.Replace("DELTA", $"\"refusal\":\"{words[1]}\"", StringComparison.Ordinal).Replace("END", "null", StringComparison.Ordinal)
            + Chunk.Replace("DELTA", "", StringComparison.Ordinal).Replace("END", "\"stop\"", StringComparison.Ordinal)
            + "data: [DONE]\n\n";
        return new(_ =>
        {
            asked();
            return (System.Net.HttpStatusCode.OK, body, "text/event-stream", null);
        });
    }

    [Fact]
    public async Task A_refusal_is_not_kept_by_the_cache()
    {
        await using var refusing = new Refusing("marked");
        using var cached = refusing.Client.WithCache();
        Assert.Equal(Words, (await cached.GetResponseAsync("?", null, Ct)).GetRefusal());
        Assert.Equal(Words, (await cached.GetResponseAsync("?", null, Ct)).GetRefusal());
        Assert.Equal(2, refusing.Asked);
        Assert.Null(new ChatResponse(new ChatMessage(ChatRole.Assistant, "yes")).GetRefusal());
        Assert.Equal(ErrorClass.Fallback, ErrorClassifier.Default.Classify(new ModelRefusalException("no")));
    }

    internal sealed record Refused(int Number);

    private sealed class Refusing : IAsyncDisposable
    {
        private const string Body = "{\"id\":\"1\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":null,\"refusal\":\"" + Words + "\"},\"finish_reason\":\"stop\"}]}";

        private readonly Endpoint _endpoint = new(static _ => (System.Net.HttpStatusCode.OK, Body, "application/json", null));
        private int _asked;

        public Refusing(string model)
        {
            Quoted = model == "filtered" ? "I" : Words;
            Client = model switch
            {
                "ours" => new OpenAIChatClient(new() { Model = "m", Endpoint = _endpoint.Address }),
                "official" => new OpenAI.Chat.ChatClient("m", new System.ClientModel.ApiKeyCredential("k"), new OpenAIClientOptions { Endpoint = _endpoint.Address }).AsIChatClient(),
                "marked" => new Fixed(this, new(new ChatMessage(ChatRole.Assistant, [new ErrorContent(Words) { ErrorCode = "Refusal" }])) { FinishReason = ChatFinishReason.Stop }),
                _ => new Fixed(this, new(new ChatMessage(ChatRole.Assistant, "I")) { FinishReason = ChatFinishReason.ContentFilter }),
            };
        }

        public IChatClient Client { get; }

        public string Quoted { get; }

        public int Asked => _asked + _endpoint.Count;

        public ValueTask DisposeAsync() => _endpoint.DisposeAsync();

        private sealed class Fixed(Refusing owner, ChatResponse response) : IChatClient
        {
            public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
            {
                Interlocked.Increment(ref owner._asked);
                return Task.FromResult(response);
            }

            public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

            public object? GetService(Type serviceType, object? serviceKey = null) => null;

            public void Dispose()
            {
                // It holds nothing.
            }
        }
    }
}

[System.Text.Json.Serialization.JsonSerializable(typeof(RefusalsAreNoAnswersTests.Refused))]
internal sealed partial class RefusedJson : System.Text.Json.Serialization.JsonSerializerContext;
