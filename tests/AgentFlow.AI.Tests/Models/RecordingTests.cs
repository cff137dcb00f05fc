using AgentFlow.Testing;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI.Tests.Models;

public sealed class RecordingTests : IDisposable
{
    private const string Key = "sk-test-0123456789abcdef";
    private readonly string _folder = Directory.CreateTempSubdirectory("agentflow-recording").FullName;

    private string File => Path.Combine(_folder, "sub", "replies.jsonl");

    [Fact]
    public async Task What_was_recorded_over_http_is_replayed_alike_without_the_server()
    {
        List<ChatResponse> recorded;
        await using (var server = ChatServer.Start(
            ScriptedReply.Streamed("Grüß", " Gott\n", "\"x\"").WithUsage(5, 3),
            ScriptedReply.Call("weather", """{"place":"Rome"}"""),
            "first",
            "second"))
        {
            using var recorder = new RecordingChatClient(Given.Client(server, key: Key), File);
            recorded = await TalkAsync(recorder);
        }

        using var replay = new ReplayingChatClient(File);
        Assert.Equal((4, 4), (replay.Recorded, replay.Remaining));
        var replayed = await TalkAsync(replay);
        Assert.Equal(recorded.Select(Describe), replayed.Select(Describe));
        Assert.Equal(0, replay.Remaining);

        static async Task<List<ChatResponse>> TalkAsync(IChatClient client) =>
        [
            await Given.SendAsync(client, streamed: true, Given.Ask("hi")),
            await Given.SendAsync(client, streamed: false, Given.Ask("weather?"), new() { Tools = [Given.Weather] }),
            await Given.SendAsync(client, streamed: false, Given.Ask("again")),
            await Given.SendAsync(client, streamed: false, Given.Ask("again")),
        ];

        static string Describe(ChatResponse r) =>
            $"{r.Text}|{r.ResponseId}|{r.ModelId}|{r.FinishReason}|{r.Usage?.TotalTokenCount}|{string.Join(",", r.Messages[0].Contents.OfType<FunctionCallContent>().Select(static c => c.CallId + c.Name + c.Arguments!["place"]))}";
    }

    [Fact]
    public async Task A_stream_is_replayed_in_its_chunks()
    {
        using (var recorder = new RecordingChatClient(new ScriptedChatClient(ScriptedReply.Streamed("a", "b", "c")), File))
        {
            await Given.SendAsync(recorder, streamed: true, Given.Ask("?"));
        }

        using var replay = new ReplayingChatClient(File);
        var chunks = new List<string>();
        await foreach (var update in replay.GetStreamingResponseAsync("?", null, Given.Token))
        {
            chunks.Add(update.Text);
        }

        Assert.Equal(["a", "b", "c", ""], chunks);
    }

    [Fact]
    public async Task What_was_not_recorded_or_not_so_often_is_an_error_that_says_so()
    {
        using (var recorder = new RecordingChatClient(new ScriptedChatClient("x"), File))
        {
            await recorder.GetResponseAsync("once", null, Given.Token);
        }

        using var replay = new ReplayingChatClient(File);
        await replay.GetResponseAsync("once", null, Given.Token);
        Assert.Contains("no further reply", (await Assert.ThrowsAsync<NotRecordedException>(() => replay.GetResponseAsync("once", null, Given.Token))).Message, StringComparison.Ordinal);
        Assert.Contains("whose last message is \"twice\"", (await Assert.ThrowsAsync<NotRecordedException>(() => replay.GetResponseAsync("twice", null, Given.Token))).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<NotSupportedException>(() => replay.GetResponseAsync("once", new() { ConversationId = "c" }, Given.Token));
    }

    [Fact]
    public async Task Secrets_are_never_written_and_requests_with_them_are_found_all_the_same()
    {
        const string Password = "hunter\"2ü";
        await using var server = ChatServer.Start($"your key is {Key}, your password {Password}");
        using (var recorder = new RecordingChatClient(Given.Client(server, key: Key), File, new() { Secrets = [Password] }))
        {
            await recorder.GetResponseAsync($"my password is {Password}, Authorization: Bearer {Key}", null, Given.Token);
        }

        var text = await System.IO.File.ReadAllTextAsync(File, Given.Token);
        Assert.DoesNotContain(Key, text, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter", text, StringComparison.Ordinal);
        using var replay = new ReplayingChatClient(File);
        Assert.Equal("your key is [secret], your password [secret]", (await replay.GetResponseAsync($"my password is {Password}, Authorization: Bearer {Key}", null, Given.Token)).Text);
    }

    [Fact]
    public async Task A_damaged_line_is_named_and_failures_are_not_recorded()
    {
        using (var recorder = new RecordingChatClient(new ScriptedChatClient(ScriptedReply.Fail(ScriptedFault.Status(500)), "x"), File))
        {
            await Assert.ThrowsAsync<ModelException>(() => recorder.GetResponseAsync("?", null, Given.Token));
            await recorder.GetResponseAsync("?", null, Given.Token);
        }

        Assert.Single(await System.IO.File.ReadAllLinesAsync(File, Given.Token));
        await System.IO.File.AppendAllTextAsync(File, "{\"key\":", Given.Token);
        Assert.Contains("Line 2 of", Assert.Throws<InvalidDataException>(() => new ReplayingChatClient(File)).Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
