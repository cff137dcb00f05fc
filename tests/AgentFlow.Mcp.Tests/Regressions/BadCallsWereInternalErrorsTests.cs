using System.IO.Pipelines;
using System.Text.Json;
using AgentFlow.Mcp.App;

namespace AgentFlow.Mcp.Tests.Regressions;

/// <summary>A request whose parameters do not fit was answered as an error of the server (-32603), which says nothing of what is wrong with it.</summary>
public sealed class BadCallsWereInternalErrorsTests
{
    private const int InvalidParams = -32602;

    [Theory]
    [InlineData("""{"name":"write","arguments":[1]}""")]
    [InlineData("""{"name":"write","arguments":"x"}""")]
    [InlineData("""{"name":"write","arguments":5}""")]
    [InlineData("""{"name":5}""")]
    [InlineData("""{"arguments":{}}""")]
    [InlineData("""{"name":null}""")]
    [InlineData("""[1]""")]
    [InlineData("""{"name":"\ud800","arguments":{}}""")]
    [InlineData("""{"name":"write","arguments":{"\ud800":1}}""")]
    [InlineData("""{"name":"write","arguments":{"topic":"\ud800"}}""")]
    [InlineData("""{"name":"write","arguments":{"topic":["\udc00\ud800"]}}""")]
    [InlineData("""{"name":"write","arguments":{"topic":"cats"},"_meta":5}""")]
    public async Task They_are_answered_as_what_they_are(string parameters)
    {
        await using var hosted = await Hosted.StartAsync();
        using var lines = hosted.Lines();
        await BeginAsync(lines);
        await lines.SendAsync($$"""{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{{parameters}}}""");
        var answer = await lines.ReadAsync();
        Assert.True(answer.TryGetProperty("error", out var error), answer.GetRawText());
        Assert.True(error.GetProperty("code").GetInt32() == InvalidParams, answer.GetRawText());
        Assert.Equal(2, answer.GetProperty("id").GetInt32());
    }

    [Fact]
    public async Task A_message_that_is_too_long_is_answered_before_the_connection_ends()
    {
        await using var server = Desk.Serve(new() { MaxMessageBytes = 2048 });
        var (toServer, toClient) = (new Pipe(), new Pipe());
        var running = server.RunAsync(toServer.Reader.AsStream(), toClient.Writer.AsStream(), TestContext.Current.CancellationToken);
        using var lines = new Lines(toServer.Writer.AsStream(), toClient.Reader.AsStream());
        await BeginAsync(lines);
        await lines.SendAsync($$"""{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"write","arguments":{"topic":"{{new string('x', 4096)}}"} } }""");
        var answer = await lines.ReadAsync();
        Assert.Equal(JsonValueKind.Null, answer.GetProperty("id").ValueKind);
        Assert.Contains("more than 2048 bytes", answer.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidDataException>(() => running.WaitAsync(Patience, TestContext.Current.CancellationToken));
    }

    private static async Task BeginAsync(Lines lines)
    {
        await lines.SendAsync("""{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"test","version":"1"}}}""");
        await lines.ReadAsync();
        await lines.SendAsync("""{"jsonrpc":"2.0","method":"notifications/initialized"}""");
    }
}
