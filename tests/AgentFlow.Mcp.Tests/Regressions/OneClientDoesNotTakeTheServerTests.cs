using System.Net;
using System.Text;
using AgentFlow.AI;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;
using ModelContextProtocol.Client;

namespace AgentFlow.Mcp.Tests.Regressions;

/// <summary>One client, however many sessions and calls it begins, leaves room for others; and a page cannot reach a server by a name that somebody has made to lead to it.</summary>
public sealed class OneClientDoesNotTakeTheServerTests
{
    private const string Initialize = """{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"test","version":"1"}}}""";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_client_that_begins_sessions_without_end_makes_room_for_another()
    {
        await using var hosted = await Hosted.StartAsync(new() { MaxHttpSessions = 8 });
        var greedy = new List<string>();
        for (var i = 0; i < 8; i++)
        {
            using var begun = await SendAsync(hosted.Endpoint, Initialize);
            greedy.Add(begun.Headers.GetValues("Mcp-Session-Id").Single());
        }

        using var refused = await SendAsync(hosted.Endpoint, Initialize);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        foreach (var user in new[] { "ann", "bob" })
        {
            using var admitted = await SendAsync(hosted.Endpoint, Initialize, user: user);
            Assert.Equal(HttpStatusCode.OK, admitted.StatusCode);
        }

        // The ones that were unused for the longest have gone.
        const string Ping = """{"jsonrpc":"2.0","id":2,"method":"ping"}""";
        using var gone = await SendAsync(hosted.Endpoint, Ping, session: greedy[0]);
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        using var kept = await SendAsync(hosted.Endpoint, Ping, session: greedy[^1]);
        Assert.Equal(HttpStatusCode.OK, kept.StatusCode);
    }

    [Fact]
    public async Task Slow_calls_of_one_client_do_not_hold_up_another()
    {
        var started = new SemaphoreSlim(0);
        var end = new TaskCompletionSource();
        var tools = new ToolRegistry()
            .Add(AIFunctionFactory.Create(async () => { started.Release(); await end.Task; return "late"; }, "slow"))
            .Add(AIFunctionFactory.Create(static () => "now", "quick"));
        await using var server = new McpToolServer(tools, new() { MaxConcurrentCalls = 4 });
        await using var app = await Web.StartAsync(server);
        await using var greedy = await McpClient.CreateAsync(Servers.Http(app.Endpoint), cancellationToken: Ct);
        var slow = Enumerable.Range(0, 10).Select(_ => greedy.CallToolAsync("slow", cancellationToken: Ct).AsTask()).ToArray();
        Assert.True(await started.WaitAsync(Patience, Ct));
        await using var other = await McpClient.CreateAsync(new HttpClientTransport(new() { Endpoint = app.Endpoint, TransportMode = HttpTransportMode.StreamableHttp, AdditionalHeaders = new Dictionary<string, string> { ["X-User"] = "ann" } }), cancellationToken: Ct);
        var quick = await other.CallToolAsync("quick", cancellationToken: Ct).AsTask().WaitAsync(Patience, Ct);
        Assert.Contains("now", quick.Content[0].ToString() + System.Text.Json.JsonSerializer.Serialize(quick.Content), StringComparison.Ordinal);
        end.SetResult();
        await Task.WhenAll(slow).WaitAsync(Patience, Ct);
    }

    [Fact]
    public async Task Calls_whose_client_has_gone_do_not_wait_without_end()
    {
        var started = new SemaphoreSlim(0);
        var end = new TaskCompletionSource();
        var runs = 0;
        var tools = new ToolRegistry().Add(AIFunctionFactory.Create(
            async (string text) =>
            {
                Interlocked.Increment(ref runs);
                started.Release();
                await end.Task;
                return text.Length;
            },
            "slow"));
        await using var server = new McpToolServer(tools, new() { MaxConcurrentCalls = 4, MaxConcurrentCallsPerClient = 2, MaxWaitingCalls = 12 });
        await using var app = await Web.StartAsync(server);
        await using var greedy = await McpClient.CreateAsync(Servers.Http(app.Endpoint), cancellationToken: Ct);
        Dictionary<string, object?> arguments = new() { ["text"] = new string('x', 100_000) };

        // Two run, and three wait.
        var kept = Enumerable.Range(0, 20).Select(_ => greedy.CallToolAsync("slow", arguments, cancellationToken: Ct).AsTask()).ToArray();
        while (kept.Length > 5)
        {
            var refused = await await Task.WhenAny(kept).WaitAsync(Patience, Ct);
            Assert.True(refused.IsError);
            Assert.Contains("too many calls are waiting", System.Text.Json.JsonSerializer.Serialize(refused.Content), StringComparison.Ordinal);
            kept = [.. kept.Where(static call => !call.IsCompleted)];
        }

        await using var other = await McpClient.CreateAsync(Servers.Http(app.Endpoint, "ann"), cancellationToken: Ct);
        var admitted = other.CallToolAsync("slow", arguments, cancellationToken: Ct).AsTask();
        for (var i = 0; i < 3; i++)
        {
            Assert.True(await started.WaitAsync(Patience, Ct));
        }

        end.SetResult();
        Assert.All(await Task.WhenAll([.. kept, admitted]).WaitAsync(Patience, Ct), static result => Assert.NotEqual(true, result.IsError));
        Assert.Equal(6, runs);
    }

    [Theory]
    [InlineData("evil.example", HttpStatusCode.Forbidden)]
    [InlineData("evil.example:8080", HttpStatusCode.Forbidden)]
    [InlineData("127.0.0.1.evil.example", HttpStatusCode.Forbidden)]
    [InlineData("localhost.evil.example", HttpStatusCode.Forbidden)]
    [InlineData("sub.tools.example.com.evil.example", HttpStatusCode.Forbidden)]
    [InlineData("localhost", HttpStatusCode.OK)]
    [InlineData("127.0.0.1:9", HttpStatusCode.OK)]
    [InlineData("[::1]:9", HttpStatusCode.OK)]
    [InlineData("desk.example.org", HttpStatusCode.OK)]
    [InlineData("a.tools.example.com", HttpStatusCode.OK)]
    public async Task The_name_by_which_it_is_called_is_looked_at(string host, HttpStatusCode expected)
    {
        await using var hosted = await Hosted.StartAsync(new() { AllowedHosts = ["desk.example.org", "*.tools.example.com"] });
        using var response = await SendAsync(hosted.Endpoint, Initialize, host: host);
        Assert.Equal(expected, response.StatusCode);
    }

    [Theory, InlineData("1999-01-01"), InlineData("2099-01-01"), InlineData("new"), InlineData("2026-07-29")]
    public async Task A_revision_that_is_not_known_is_refused(string version)
    {
        await using var hosted = await Hosted.StartAsync();
        using var response = await SendAsync(hosted.Endpoint, """{"jsonrpc":"2.0","id":7,"method":"tools/list"}""", version: version);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var body = await response.Content.ReadAsStringAsync(Ct);
        Assert.Contains("2025-11-25", body, StringComparison.Ordinal);
        Assert.Contains("\"id\":7", body, StringComparison.Ordinal);
    }

    private static async Task<HttpResponseMessage> SendAsync(Uri endpoint, string body, string? user = null, string? session = null, string? host = null, string? version = null)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, endpoint) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        foreach (var (name, value) in new[] { ("X-User", user), ("Mcp-Session-Id", session), ("Host", host), ("MCP-Protocol-Version", version) })
        {
            if (value is not null)
            {
                request.Headers.Add(name, value);
            }
        }

        return await client.SendAsync(request, Ct);
    }
}
