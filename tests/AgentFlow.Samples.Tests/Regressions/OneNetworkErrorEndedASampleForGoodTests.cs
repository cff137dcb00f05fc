using System.Net;
using System.Net.Sockets;
using AgentFlow.AI;
using AgentFlow.Samples.Chatting;
using AgentFlow.Samples.Support;
using AgentFlow.Testing;
using Microsoft.Extensions.AI;

namespace AgentFlow.Samples.Tests.Regressions;

/// <summary>
/// After "bye", or one error of the network, a chat could never be used again, and the program returned 0; a ticket stayed failed.
/// </summary>
public sealed class OneNetworkErrorEndedASampleForGoodTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task After_bye_the_same_command_begins_another_chat()
    {
        using var scene = new Scene();
        Assert.EndsWith("Bye.\n", (await ProgramRun.TypingAsync(typeof(Chatbot), scene.Folder, "my name is Ada\nbye\n", "ada")).Out, StringComparison.Ordinal);
        for (var chat = 2; chat <= 3; chat++)
        {
            var (code, output, error) = await ProgramRun.TypingAsync(typeof(Chatbot), scene.Folder, "what is my name?\nbye\n", "ada");
            Assert.Equal((0, ""), (code, error));
            Assert.Equal("Say something; \"bye\" ends the chat.\nYou have not told me your name.\nBye.\n", output);
        }
    }

    [Fact]
    public async Task A_model_that_fails_once_costs_a_chat_one_reply()
    {
        using var scene = new Scene();
        await using var server = ChatServer.Start(ScriptedReply.Fail(ScriptedFault.Status(401)), "Hello, Ada.");
        var (code, output, error) = await ProgramRun.InAsync(
            typeof(Chatbot), scene.Folder, new() { ["OPENAI_BASE_URL"] = server.Endpoint.ToString() }, "I am Ada\nI am Ada\n", "ada");
        Assert.Equal((0, ""), (code, error));
        Assert.Matches(@"^[^\n]+\n\(There is no answer: .+ Say it again\.\)\nHello, Ada\.\nThe chat goes on", output);

        // What got no answer is not said twice.
        Assert.Equal(2, server.Requests[^1].Body.ToString()!.Split("I am Ada").Length);
    }

    [Fact]
    public async Task A_chat_whose_last_line_got_no_answer_says_so_by_its_exit_code()
    {
        using var scene = new Scene();
        await using var server = ChatServer.Start("Hello, Ada.", ScriptedReply.Fail(ScriptedFault.Status(401)), ScriptedReply.Fail(ScriptedFault.Status(401)), "Ada.");
        foreach (var (said, code, error) in new[]
        {
            ("I am Ada\n", 0, ""),
            ("who am I?\n", 1, "error: what was said last got no answer and is not remembered\n"),
            ("who am I?\n\nwho am I?\n", 0, ""),
        })
        {
            var run = await ProgramRun.InAsync(typeof(Chatbot), scene.Folder, new() { ["OPENAI_BASE_URL"] = server.Endpoint.ToString() }, said, "ada");
            Assert.Equal((code, error), (run.Code, run.Error));
            Assert.EndsWith("The chat goes on when the same command is given again.\n", run.Out, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_chat_goes_on_when_the_model_is_back()
    {
        var model = new ScriptedChatClient("Hi, Ada.", ScriptedReply.Fail(ScriptedFault.Status(500)), "You are Ada.");
        var agent = new Chatbot(model);
        await using var runtime = new AgentRuntime(new MemorySessionStore());
        var session = await runtime.StartAsync(agent, default, new() { Id = "s" }, Token);
        foreach (var said in (string[])["I am Ada", "who am I?", "who am I?"])
        {
            await session.SayAsync(said, cancellationToken: Token);
            Assert.Equal(SessionState.Suspended, await session.WaitAsync(Token));
        }

        await session.SayAsync("bye", cancellationToken: Token);
        Assert.Equal(["I am Ada", "Hi, Ada.", "who am I?", "You are Ada."], (await session.Result).Select(static t => t.Text));
    }

    [Fact]
    public async Task A_reply_that_is_none_is_not_remembered()
    {
        var filtered = new ChatResponse(new ChatMessage(ChatRole.Assistant, "")) { FinishReason = ChatFinishReason.ContentFilter };
        var replies = new Queue<ChatResponse>([filtered, new(new ChatMessage(ChatRole.Assistant, " ")), new(new ChatMessage(ChatRole.Assistant, "You are Ada."))]);
        using var model = new Answering(replies.Dequeue);
        await using var runtime = new AgentRuntime(new MemorySessionStore());
        var session = await runtime.StartAsync(new Chatbot(model), default, new() { Id = "s" }, Token);
        for (var said = 0; said < 3; said++)
        {
            await session.SayAsync("who am I?", cancellationToken: Token);
            Assert.Equal(SessionState.Suspended, await session.WaitAsync(Token));
        }

        await session.SayAsync("bye", cancellationToken: Token);
        Assert.Equal(["who am I?", "You are Ada."], (await session.Result).Select(static t => t.Text));
    }

    private sealed class Answering(Func<ChatResponse> answer) : IChatClient
    {
        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => Task.FromResult(answer());

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            answer().ToChatResponseUpdates().ToAsyncEnumerable();

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }

    [Fact]
    public async Task A_ticket_whose_model_could_not_be_reached_is_tried_again()
    {
        using var scene = new Scene();
        const string Question = "Where is my parcel?";
        var nobody = await ProgramRun.InAsync(typeof(Shop), scene.Folder, new() { ["OPENAI_BASE_URL"] = NobodyListens() }, "", "t1", Question);
        Assert.Equal((1, ""), (nobody.Code, nobody.Out));
        Assert.Matches(@"^error: t1: [^\n]+\. It is tried again when the same command is given again\.\n$", nobody.Error);

        var (code, output, error) = await ProgramRun.TypingAsync(typeof(Shop), scene.Folder, "", "t1", Question);
        Assert.Equal((0, ""), (code, error));
        Assert.Contains("Please give its number", output, StringComparison.Ordinal);

        // The ticket is the question's: another question is another ticket.
        var other = await ProgramRun.TypingAsync(typeof(Shop), scene.Folder, "", "t1", "Order 1042 is broken.");
        Assert.Equal((2, ""), (other.Code, other.Out));
        Assert.StartsWith("error: 't1' was begun with another input", other.Error, StringComparison.Ordinal);
    }

    /// <summary>An endpoint at which a connection is refused.</summary>
    private static string NobodyListens()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/v1";
    }
}
