using System.Net;
using System.Text;
using AgentFlow.AI;
using Microsoft.Extensions.AI;

namespace AgentFlow.Mcp.Tests.Regressions;

/// <summary>
/// Messages that nobody expects: lines that are no message were dropped without an answer, members given twice counted once, a header could name another tool than
/// the body, and requests over HTTP outlived their call, or their session.
/// </summary>
public sealed class OddMessagesHadNoAnswerTests
{
    private const string Initialize = """{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"test","version":"1"}}}""";
    private const string Call = """{"jsonrpc":"2.0","id":"c","method":"tools/call","params":{"name":"slow","arguments":{}}}""";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("""[{"jsonrpc":"2.0","id":2,"method":"ping"}]""", -32600)]
    [InlineData("[]", -32600)]
    [InlineData("5", -32600)]
    [InlineData("""{"jsonrpc":"2.0","id":{},"method":"ping"}""", -32600)]
    [InlineData("""{"jsonrpc":"2.0","id":true,"method":"ping"}""", -32600)]
    [InlineData("""{"jsonrpc":"2.0","id":2.5,"method":"ping"}""", -32600)]
    [InlineData("""{"jsonrpc":"2.0","id":2,"method":5}""", -32600)]
    [InlineData("""{"jsonrpc":"1.0","id":2,"method":"ping"}""", -32600)]
    [InlineData("null", -32600)]
    [InlineData(" null ", -32600)]
    [InlineData("""{"jsonrpc":"2.0","id":2,"id":3,"method":"ping"}""", -32600)]
    [InlineData("""{"jsonrpc":"2.0","id":2,"method":"ping","method":"tools/list"}""", -32600)]
    [InlineData("""{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"slow"},"params":{"name":"write","arguments":{"topic":"cats"}}}""", -32600)]
    [InlineData("{", -32700)]
    [InlineData("""{"jsonrpc":"2.0","id":2,"method":"ping"} x""", -32700)]
    [InlineData("hello", -32700)]
    public async Task A_line_that_is_no_message_is_answered(string line, int code)
    {
        await using var hosted = await Hosted.StartAsync();
        using var lines = hosted.Lines();
        await lines.SendAsync(Initialize);
        await lines.ReadAsync();
        await lines.SendAsync("""{"jsonrpc":"2.0","method":"notifications/initialized"}""");
        await lines.SendAsync(line);
        var answer = await lines.ReadAsync();
        Assert.True(answer.TryGetProperty("error", out var error), answer.GetRawText());
        Assert.Equal(code, error.GetProperty("code").GetInt32());
        Assert.Equal(System.Text.Json.JsonValueKind.Null, answer.GetProperty("id").ValueKind);

        // The connection still works.
        await lines.SendAsync("  \r");
        await lines.SendAsync("""{"jsonrpc":"2.0","id":3,"method":"ping"}""" + "\r");
        Assert.Equal(3, (await lines.ReadAsync()).GetProperty("id").GetInt32());
    }

    [Theory]
    [InlineData("""{"name":"write","arguments":{"topic":"cats","topic":"dogs"}}""")]
    [InlineData("""{"name":"write","name":"other","arguments":{"topic":"cats"}}""")]
    [InlineData("""{"name":"write","arguments":{"topic":"cats"},"arguments":{"topic":"dogs"}}""")]
    [InlineData("""{"name":"write","arguments":{"topic":"cats","more":[{"x":1,"x":2}]}}""")]
    public async Task A_member_that_is_given_twice_is_refused(string parameters)
    {
        await using var hosted = await Hosted.StartAsync();
        using var lines = hosted.Lines();
        await lines.SendAsync(Initialize);
        await lines.ReadAsync();
        await lines.SendAsync($$"""{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{{parameters}}}""");
        var answer = await lines.ReadAsync();
        Assert.True(answer.TryGetProperty("error", out var error), answer.GetRawText());
        Assert.Equal(-32602, error.GetProperty("code").GetInt32());
        Assert.Contains("twice", error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":2,"method":"ping","method":"tools/call","params":{"name":"slow","arguments":{}}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"other","arguments":{}},"params":{"name":"slow","arguments":{}}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"other","arguments":{}},"p\u0061rams":{"name":"slow","arguments":{}}}""")]
    public async Task Nor_is_a_message_over_http_that_has_one_twice(string message)
    {
        var calls = 0;
        var tools = new ToolRegistry().Add(AIFunctionFactory.Create(() => Interlocked.Increment(ref calls), "slow"));
        await using var server = new McpToolServer(tools);
        await using var app = await Web.StartAsync(server);
        var session = await BeginAsync(app.Endpoint);
        using var answer = await SendAsync(app.Endpoint, message, session);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("twice", await answer.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        Assert.Equal(0, calls);
    }

    [Theory]
    [InlineData("slow", HttpStatusCode.OK)]
    [InlineData("=?base64?c2xvdw==?=", HttpStatusCode.OK)]
    [InlineData("quick", HttpStatusCode.BadRequest)]
    [InlineData("=?base64?cXVpY2s=?=", HttpStatusCode.BadRequest)]
    [InlineData("=?base64?*?=", HttpStatusCode.BadRequest)]
    public async Task A_header_names_the_tool_that_is_called(string name, HttpStatusCode status)
    {
        var calls = 0;
        var tools = new ToolRegistry().Add(AIFunctionFactory.Create(() => Interlocked.Increment(ref calls), "slow"));
        await using var server = new McpToolServer(tools);
        await using var app = await Web.StartAsync(server);
        const string Meta = """{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"test","version":"1"},"io.modelcontextprotocol/clientCapabilities":{}}""";
        using var answer = await SendAsync(
            app.Endpoint,
            """{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"slow","arguments":{},"_meta":""" + Meta + "}}",
            headers: [("MCP-Protocol-Version", "2026-07-28"), ("Mcp-Method", "tools/call"), ("Mcp-Name", name)]);
        var text = await answer.Content.ReadAsStringAsync(Ct);
        Assert.True(answer.StatusCode == status, $"{answer.StatusCode}: {text}");
        Assert.Equal(status == HttpStatusCode.OK ? 1 : 0, calls);
    }

    [Fact]
    public async Task A_call_that_its_client_cancels_ends_its_request()
    {
        var tools = Slow(out var started);
        await using var server = new McpToolServer(tools);
        await using var app = await Web.StartAsync(server);
        var session = await BeginAsync(app.Endpoint);
        var calling = SendAsync(app.Endpoint, Call, session, wholly: true);
        Assert.True(await started.WaitAsync(Patience, Ct));
        using var told = await SendAsync(app.Endpoint, """{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"c"}}""", session);
        Assert.Equal(HttpStatusCode.Accepted, told.StatusCode);
        using var answer = await calling.WaitAsync(Patience, Ct);
        Assert.Equal("", await answer.Content.ReadAsStringAsync(Ct));

        // Neither of another id nor of none, and the session goes on.
        using var other = await SendAsync(app.Endpoint, """{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"d"}}""", session);
        using var none = await SendAsync(app.Endpoint, """{"jsonrpc":"2.0","method":"notifications/cancelled","params":{}}""", session);
        using var ping = await SendAsync(app.Endpoint, """{"jsonrpc":"2.0","id":9,"method":"ping"}""", session);
        Assert.Equal(HttpStatusCode.OK, ping.StatusCode);
    }

    [Fact]
    public async Task A_session_that_ends_during_a_call_ends_its_request()
    {
        var tools = Slow(out var started);
        await using var server = new McpToolServer(tools);
        var thrown = new TaskCompletionSource<Exception?>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var app = await Web.StartAsync(async context =>
        {
            try
            {
                await server.HandleAsync(context);
            }
            catch (Exception e)
            {
                thrown.TrySetResult(e);
                throw;
            }
        });
        var session = await BeginAsync(app.Endpoint);
        var calling = SendAsync(app.Endpoint, Call, session, wholly: true);
        Assert.True(await started.WaitAsync(Patience, Ct));
        using var delete = new HttpRequestMessage(HttpMethod.Delete, app.Endpoint);
        delete.Headers.Add("Mcp-Session-Id", session);
        using var client = new HttpClient();
        using var deleted = await client.SendAsync(delete, Ct);
        Assert.Equal(HttpStatusCode.OK, deleted.StatusCode);
        using var answer = await calling.WaitAsync(Patience, Ct);
        thrown.TrySetResult(null);
        Assert.Null(await thrown.Task);
    }

    private static ToolRegistry Slow(out SemaphoreSlim started)
    {
        var begun = started = new SemaphoreSlim(0);
        return new ToolRegistry().Add(AIFunctionFactory.Create(
            async (CancellationToken ct) =>
            {
                begun.Release();
                await Task.Delay(Timeout.Infinite, ct);
            },
            "slow"));
    }

    private static async Task<string> BeginAsync(Uri endpoint)
    {
        using var begun = await SendAsync(endpoint, Initialize);
        var session = begun.Headers.GetValues("Mcp-Session-Id").Single();
        using var told = await SendAsync(endpoint, """{"jsonrpc":"2.0","method":"notifications/initialized"}""", session);
        return session;
    }

    private static async Task<HttpResponseMessage> SendAsync(Uri endpoint, string body, string? session = null, bool wholly = false, (string Name, string Value)[]? headers = null)
    {
        using var client = new HttpClient { Timeout = Patience };
        using var request = new HttpRequestMessage(HttpMethod.Post, endpoint) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Accept.ParseAdd("application/json, text/event-stream");
        if (session is not null)
        {
            request.Headers.Add("Mcp-Session-Id", session);
        }

        foreach (var (name, value) in headers ?? [])
        {
            request.Headers.Add(name, value);
        }

        var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);
        if (wholly)
        {
            await response.Content.LoadIntoBufferAsync(Ct);
        }

        return response;
    }
}
