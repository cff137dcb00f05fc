using System.Runtime.CompilerServices;
using AgentFlow.Testing;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI.Tests.Models;

public class CacheTests
{
    private readonly ManualTimeProvider _clock = new();

    [Theory, InlineData(false), InlineData(true)]
    public async Task An_equal_request_is_answered_once_and_the_second_time_for_nothing(bool streamed)
    {
        using var model = new ScriptedChatClient(ScriptedReply.Streamed("a", "b").WithUsage(5, 5), "other");
        using var client = model.WithCache();
        var first = await Given.SendAsync(client, streamed, Given.Ask("?"));
        first.Messages[0].Contents.Clear(); // What a reader does to a reply is its own affair.
        var second = await Given.SendAsync(client, !streamed, Given.Ask("?"));
        Assert.Equal("ab", second.Text);
        Assert.Equal(0, second.Usage!.TotalTokenCount);
        Assert.Equal(ChatFinishReason.Stop, second.FinishReason);
        Assert.Single(model.Requests);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task What_broke_off_with_an_error_or_says_nothing_is_asked_again(bool streamed)
    {
        ChatMessage[] broken =
        [
            new(ChatRole.Assistant, [new TextContent("Your balance is 1"), new ErrorContent("gone") { ErrorCode = "server_error" }]),
            new(ChatRole.Assistant, ""),
            new(ChatRole.Assistant, [new UsageContent(new() { OutputTokenCount = 0 })]),
            new(ChatRole.Assistant, []),
        ];
        foreach (var message in broken)
        {
            var asked = 0;
            using var client = new Answers(() => ++asked == 1 ? new(message) : new(new ChatMessage(ChatRole.Assistant, "Your balance is 100."))).WithCache();
            await Given.SendAsync(client, streamed, Given.Ask("?"));
            Assert.Equal("Your balance is 100.", (await Given.SendAsync(client, streamed, Given.Ask("?"))).Text);
            Assert.Equal("Your balance is 100.", (await Given.SendAsync(client, !streamed, Given.Ask("?"))).Text);
            Assert.Equal(2, asked);
        }
    }

    private sealed class Answers(Func<ChatResponse> answer) : IChatClient
    {
        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => Task.FromResult(answer());

        public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await Task.CompletedTask;
            foreach (var update in answer().ToChatResponseUpdates())
            {
                yield return update;
            }
        }

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
            // It holds nothing.
        }
    }

    [Fact]
    public async Task Everything_that_a_model_sees_is_part_of_the_request()
    {
        (ChatMessage[] Messages, ChatOptions? Options)[] requests =
        [
            (Given.Ask("a"), null),
            (Given.Ask("b"), null),
            ([new(ChatRole.System, "a")], null),
            ([new(ChatRole.User, "a") { AuthorName = "x" }], null),
            ([new(ChatRole.User, [new TextContent("a"), new TextContent("")])], null),
            ([new(ChatRole.User, [new DataContent(new byte[] { 1 }, "image/png")])], null),
            ([new(ChatRole.Assistant, [new FunctionCallContent("1", "f", new Dictionary<string, object?> { ["x"] = 1 })])], null),
            ([new(ChatRole.Assistant, [new FunctionCallContent("1", "f", new Dictionary<string, object?> { ["x"] = 2 })])], null),
            ([new(ChatRole.Tool, [new FunctionResultContent("1", "r")])], null),
            (Given.Ask("a"), new() { ModelId = "m" }),
            (Given.Ask("a"), new() { Temperature = 0 }),
            (Given.Ask("a"), new() { Seed = 1 }),
            (Given.Ask("a"), new() { Instructions = "i" }),
            (Given.Ask("a"), new() { Tools = [Given.Weather] }),
            (Given.Ask("a"), new() { Tools = [Given.Weather], ToolMode = ChatToolMode.RequireAny }),
            (Given.Ask("a"), new() { ResponseFormat = ChatResponseFormat.Json }),
            (Given.Ask("a"), new() { StopSequences = ["x"] }),
            (Given.Ask("a"), new() { MaxOutputTokens = 5 }),
            (Given.Ask("a"), new() { AdditionalProperties = new() { ["k"] = "v" } }),
        ];
        using var model = new ScriptedChatClient(static r => $"{r.Index}");
        using var client = model.WithCache();
        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < requests.Length; i++)
            {
                Assert.Equal($"{i}", (await client.GetResponseAsync(requests[i].Messages, requests[i].Options, Given.Token)).Text);
            }
        }
    }

    [Fact]
    public async Task Made_up_ids_of_calls_are_not()
    {
        using var model = new ScriptedChatClient("once");
        using var client = model.WithCache();
        foreach (var id in (string[])["a", "b"])
        {
            await client.GetResponseAsync([new(ChatRole.Assistant, [new FunctionCallContent(id, "f")]), new(ChatRole.Tool, [new FunctionResultContent(id, "r")])], null, Given.Token);
        }

        Assert.Single(model.Requests);
    }

    [Fact]
    public async Task Replies_grow_old_and_the_longest_unused_goes_first()
    {
        using var model = new ScriptedChatClient(static r => r.Text);
        using var client = model.WithCache(new() { Capacity = 2, TimeToLive = TimeSpan.FromMinutes(10), TimeProvider = _clock });
        await AskAsync("a", "b", "a", "c"); // b goes.
        Assert.Equal(["a", "b", "c"], model.Requests.Select(static r => r.Text));
        await AskAsync("a", "c", "b"); // a goes.
        Assert.Equal(4, model.Requests.Count);
        _clock.Advance(TimeSpan.FromMinutes(10));
        await AskAsync("c");
        Assert.Equal(5, model.Requests.Count);

        async Task AskAsync(params string[] questions)
        {
            foreach (var question in questions)
            {
                await client.GetResponseAsync(question, null, Given.Token);
            }
        }
    }

    [Fact]
    public async Task What_failed_broke_off_or_cannot_be_told_whole_is_not_kept()
    {
        using var model = new ScriptedChatClient(
            ScriptedReply.Fail(ScriptedFault.Status(500)),
            ScriptedReply.FromString("cut") with { FinishReason = ChatFinishReason.Length },
            "whole",
            "x",
            "y");
        using var client = model.WithCache();
        await Assert.ThrowsAsync<ModelException>(() => client.GetResponseAsync("?", null, Given.Token));
        Assert.Equal("cut", (await client.GetResponseAsync("?", null, Given.Token)).Text);
        Assert.Equal("whole", (await client.GetResponseAsync("?", null, Given.Token)).Text);
        Assert.Equal("x", (await client.GetResponseAsync("?", new() { ConversationId = "c" }, Given.Token)).Text);
        Assert.Equal("y", (await client.GetResponseAsync("?", new() { ConversationId = "c" }, Given.Token)).Text);
    }

    [Fact]
    public async Task Questions_that_are_alike_have_one_answer_over_real_embeddings()
    {
        await using var server = ChatServer.Start(static r => $"answer {r.Index}");
        using var embeddings = new OpenAIEmbeddingGenerator(new() { Model = "vectors", Endpoint = server.Endpoint });
        using var client = Given.Client(server).WithSimilarityCache(embeddings, new() { Threshold = 0.9 });
        Assert.Equal("answer 0", await AskAsync([new(ChatRole.User, "how tall is the eiffel tower in paris")]));
        Assert.Equal("answer 0", await AskAsync([new(ChatRole.User, "In Paris, how tall is the Eiffel tower?")]));
        Assert.Equal("answer 1", await AskAsync([new(ChatRole.User, "who wrote war and peace")]));
        Assert.Equal("answer 2", await AskAsync([new(ChatRole.System, "rhyme"), new(ChatRole.User, "how tall is the eiffel tower in paris")]));
        Assert.Equal("answer 3", await AskAsync([new(ChatRole.User, "how tall is the eiffel tower in paris")], new() { Temperature = 1 }));
        Assert.Equal("answer 4", await AskAsync([new(ChatRole.User, "hi"), new(ChatRole.Assistant, "hello"), new(ChatRole.User, "how tall is the eiffel tower in paris")]));
        Assert.Equal("answer 5", await AskAsync([new(ChatRole.User, "hi"), new(ChatRole.Assistant, "hello"), new(ChatRole.User, "how tall is the eiffel tower in paris")]));

        async Task<string> AskAsync(ChatMessage[] messages, ChatOptions? options = null) => (await client.GetResponseAsync(messages, options, Given.Token)).Text;
    }

    [Fact]
    public async Task Every_dimension_of_a_vector_counts()
    {
        // More than fit into one register of any machine, and some beyond the last whole one.
        const int Dimensions = 37;
        using var model = new ScriptedChatClient(static request => "answer to " + request.Text);
        using var client = model.WithSimilarityCache(new PlaceGenerator(Dimensions), new() { Threshold = 0.9 });
        for (var round = 0; round < 2; round++)
        {
            for (var place = 0; place < Dimensions; place++)
            {
                Assert.Equal($"answer to {place}", (await client.GetResponseAsync($"{place}", null, Given.Token)).Text);
            }
        }

        Assert.Equal(Dimensions, model.Requests.Count);
    }

    /// <summary>The meaning of a number is a vector that is one at that place, and zero at all others.</summary>
    private sealed class PlaceGenerator(int dimensions) : IEmbeddingGenerator<string, Embedding<float>>
    {
        public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default) =>
            Task.FromResult(new GeneratedEmbeddings<Embedding<float>>(values.Select(value =>
            {
                var vector = new float[dimensions];
                vector[int.Parse(value, System.Globalization.CultureInfo.InvariantCulture)] = 3;
                return new Embedding<float>(vector);
            })));

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
