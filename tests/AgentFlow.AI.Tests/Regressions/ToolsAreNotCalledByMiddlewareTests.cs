using System.Collections.Concurrent;
using AgentFlow.AI.Tests.Patterns;
using AgentFlow.Testing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Caching.Distributed;

namespace AgentFlow.AI.Tests.Regressions;

/// <summary>A client may have any layer of Microsoft.Extensions.AI between: the agent alone calls its tools, once, and asks for approvals.</summary>
public sealed class ToolsAreNotCalledByMiddlewareTests
{
    private readonly Desk _desk = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string, bool> Layers => new(
        from layer in new[] { "function invocation", "cache", "telemetry", "reduction", "options", "all" }
        from observed in new[] { false, true }
        select new TheoryDataRow<string, bool>(layer, observed));

    [Fact]
    public async Task A_layer_that_asks_for_an_approval_itself_is_an_error()
    {
        var asked = new ApprovalRequiredAIFunction(AIFunctionFactory.Create(static (int order) => "refunded", "refund"));
        var model = new ScriptedChatClient(ScriptedReply.Call("refund", """{"order":7}"""), "Done.").AsBuilder().UseFunctionInvocation(null, client => client.AdditionalTools = [asked]).Build();
        var error = await Assert.ThrowsAsync<ActionFailedException>(() => new ReActAgent(model, new ToolRegistry().Add(asked)).RunAsync("?", Ct).AsTask());
        Assert.Contains("UseFunctionInvocation", Assert.IsType<InvalidOperationException>(error.InnerException).Message, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Layers))]
    public async Task A_tool_runs_once(string layer, bool observed)
    {
        var model = With(layer, new(static request => request.Messages.SelectMany(static m => m.Contents).OfType<FunctionResultContent>().Any() ? "Done." : ScriptedReply.Call("FindOrder", """{"customer":"Ada"}""")));
        var agent = new ReActAgent(model, new ToolRegistry().AddRange(_desk.Tools));
        ReActAnswer? answer = null;
        if (observed)
        {
            await foreach (var e in agent.StreamAsync("?", Ct))
            {
                _ = e.Kind == AgentEventKind.AgentCompleted && e.TryGetValue(out answer);
            }
        }
        else
        {
            answer = await agent.RunAsync("?", Ct);
        }

        Assert.Equal(("Done.", ReActEnd.Answered, 2), (answer!.Text, answer.End, answer.Steps));
        Assert.Equal(["find Ada"], _desk.Log);
    }

    [Theory, InlineData("function invocation"), InlineData("cache"), InlineData("telemetry"), InlineData("reduction"), InlineData("options"), InlineData("all")]
    public async Task An_approval_is_waited_for_and_the_call_made_once(string layer)
    {
        await using var runtime = new AgentRuntime(new MemorySessionStore());
        var model = With(layer, new(static request => request.Messages.SelectMany(static m => m.Contents).OfType<FunctionResultContent>().Any() ? "Done." : ScriptedReply.Call("Refund", """{"order":7,"amount":80}""")));
        var session = await runtime.StartAsync(new ReActAgent(model, new ToolRegistry().AddRange(_desk.Tools)), "Refund.", cancellationToken: Ct);
        Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct));
        Assert.Empty(_desk.Log);
        await session.ApproveAsync([(await session.GetRequestsAsync(Ct)).Single().Grant()], cancellationToken: Ct);
        Assert.Equal(("Done.", ReActEnd.Answered), ((await session.Result).Text, (await session.Result).End));
        Assert.Equal(["refund 7 80"], _desk.Log);
    }

    [Fact]
    public async Task What_a_layer_has_called_by_itself_is_not_called_again()
    {
        var own = 0;
        var model = new ScriptedChatClient(static request => request.Messages.SelectMany(static m => m.Contents).OfType<FunctionResultContent>().Any() ? "Done." : ScriptedReply.Call("theirs"))
            .AsBuilder()
            .UseFunctionInvocation(configure: client => client.AdditionalTools = [AIFunctionFactory.Create(() => ++own, "theirs")])
            .Build();
        var answer = await new ReActAgent(model, new ToolRegistry().AddRange(_desk.Tools)).RunAsync("?", Ct);
        Assert.Equal(("Done.", ReActEnd.Answered, 1), (answer.Text, answer.End, answer.Steps));
        Assert.Equal(1, own);
    }

    [Fact]
    public async Task Calls_that_are_marked_as_informational_are_not_made()
    {
        var model = new Saying(new ChatMessage(ChatRole.Assistant, [new FunctionCallContent("1", "FindOrder", new Dictionary<string, object?> { ["customer"] = "Ada" }) { InformationalOnly = true }, new TextContent("I looked.")]));
        Assert.Equal("I looked.", (await new ReActAgent(model, new ToolRegistry().AddRange(_desk.Tools)).RunAsync("?", Ct)).Text);
        Assert.Empty(_desk.Log);
    }

    [Fact]
    public async Task A_reply_with_neither_text_nor_calls_is_no_answer()
    {
        var answer = await new ReActAgent(new Saying(new ChatMessage(ChatRole.Assistant, [])), new ToolRegistry().AddRange(_desk.Tools)).RunAsync("?", Ct);
        Assert.Equal(("", ReActEnd.NothingSaid), (answer.Text, answer.End));
    }

    private static IChatClient With(string layer, ScriptedChatClient model)
    {
        var builder = model.AsBuilder();
        if (layer is "telemetry" or "all")
        {
            builder.UseOpenTelemetry().UseLogging(Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance);
        }

        if (layer is "function invocation" or "all")
        {
            builder.UseFunctionInvocation();
        }

        if (layer is "cache" or "all")
        {
            builder.UseDistributedCache(new Cache());
        }

        if (layer is "reduction" or "all")
        {
#pragma warning disable MEAI001 // Subject to change, which is what a test is for.
            builder.UseChatReducer(new LastMessages(20));
#pragma warning restore MEAI001
        }

        if (layer is "options" or "all")
        {
            builder.ConfigureOptions(static options =>
            {
                options.Temperature = 0.5f;
                options.Tools = [.. options.Tools ?? [], AIFunctionFactory.Create(static () => "theirs", "theirs")];
            });
        }

        return builder.Build(new NoLogging());
    }

#pragma warning disable MEAI001 // Subject to change, which is what a test is for.
    private sealed class LastMessages(int count) : IChatReducer
    {
        public Task<IEnumerable<ChatMessage>> ReduceAsync(IEnumerable<ChatMessage> messages, CancellationToken cancellationToken) => Task.FromResult(messages.TakeLast(count));
    }
#pragma warning restore MEAI001

    private sealed class NoLogging : IServiceProvider
    {
        public object? GetService(Type serviceType) => null;
    }

    private sealed class Saying(ChatMessage message) : IChatClient
    {
        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => Task.FromResult(new ChatResponse(message) { FinishReason = ChatFinishReason.Stop });

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
            // It holds nothing.
        }
    }

    private sealed class Cache : IDistributedCache
    {
        private readonly ConcurrentDictionary<string, byte[]> _kept = new();

        public byte[]? Get(string key) => _kept.GetValueOrDefault(key);

        public Task<byte[]?> GetAsync(string key, CancellationToken token = default) => Task.FromResult(Get(key));

        public void Set(string key, byte[] value, DistributedCacheEntryOptions options) => _kept[key] = value;

        public Task SetAsync(string key, byte[] value, DistributedCacheEntryOptions options, CancellationToken token = default)
        {
            Set(key, value, options);
            return Task.CompletedTask;
        }

        public void Refresh(string key)
        {
            // Nothing expires.
        }

        public Task RefreshAsync(string key, CancellationToken token = default) => Task.CompletedTask;

        public void Remove(string key) => _kept.TryRemove(key, out _);

        public Task RemoveAsync(string key, CancellationToken token = default)
        {
            Remove(key);
            return Task.CompletedTask;
        }
    }
}
