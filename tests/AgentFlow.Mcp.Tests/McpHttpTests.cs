using System.Net;
using System.Text;

namespace AgentFlow.Mcp.Tests;

/// <summary>What our server does with requests over HTTP that no well-behaved client sends.</summary>
public sealed class McpHttpTests
{
    private const string Initialize = """{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"test","version":"1"}}}""";
    private const string Ping = """{"jsonrpc":"2.0","id":2,"method":"ping"}""";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("POST", "{", null, null, HttpStatusCode.BadRequest)]
    [InlineData("POST", "", null, null, HttpStatusCode.BadRequest)]
    [InlineData("POST", "[1]", null, null, HttpStatusCode.BadRequest)]
    [InlineData("POST", Ping, null, null, HttpStatusCode.BadRequest)]
    [InlineData("POST", Ping, "nobody", null, HttpStatusCode.NotFound)]
    [InlineData("GET", null, "nobody", null, HttpStatusCode.NotFound)]
    [InlineData("GET", null, null, null, HttpStatusCode.NotFound)]
    [InlineData("DELETE", null, "nobody", null, HttpStatusCode.NotFound)]
    [InlineData("PUT", "{}", null, null, HttpStatusCode.MethodNotAllowed)]
    [InlineData("POST", Initialize, null, "https://evil.example", HttpStatusCode.Forbidden)]
    [InlineData("POST", Initialize, null, "null", HttpStatusCode.Forbidden)]
    [InlineData("POST", Initialize, null, "http://localhost:3000", HttpStatusCode.OK)]
    [InlineData("POST", Initialize, null, "https://good.example", HttpStatusCode.OK)]
    public async Task What_is_no_proper_request_is_refused(string method, string? body, string? session, string? origin, HttpStatusCode expected)
    {
        await using var hosted = await Hosted.StartAsync(new() { AllowedOrigins = ["https://good.example"] });
        using var response = await SendAsync(hosted, method, body, session, origin);
        Assert.Equal(expected, response.StatusCode);
    }

    [Fact]
    public async Task A_body_that_is_too_long_is_refused_however_it_is_sent()
    {
        await using var hosted = await Hosted.StartAsync(new() { MaxMessageBytes = 1024 });
        var body = Initialize.Replace("test", new string('t', 2000), StringComparison.Ordinal);
        using var whole = await SendAsync(hosted, "POST", body);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, whole.StatusCode);
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, hosted.Endpoint) { Content = new StreamContent(new MemoryStream(Encoding.UTF8.GetBytes(body))) };
        request.Headers.TransferEncodingChunked = true;
        using var chunked = await client.SendAsync(request, Ct);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, chunked.StatusCode);
    }

    [Fact]
    public async Task A_session_belongs_to_its_user_and_ends_when_it_is_deleted()
    {
        await using var hosted = await Hosted.StartAsync();
        using var begun = await SendAsync(hosted, "POST", Initialize, user: "ann");
        var id = begun.Headers.GetValues("Mcp-Session-Id").Single();
        using var mine = await SendAsync(hosted, "POST", Ping, id, user: "ann");
        Assert.Equal(HttpStatusCode.OK, mine.StatusCode);
        Assert.Contains("\"id\":2", await mine.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        using var theirs = await SendAsync(hosted, "POST", Ping, id, user: "bob");
        Assert.Equal(HttpStatusCode.NotFound, theirs.StatusCode);
        using var notDeleted = await SendAsync(hosted, "DELETE", null, id);
        Assert.Equal(HttpStatusCode.NotFound, notDeleted.StatusCode);
        using var deleted = await SendAsync(hosted, "DELETE", null, id, user: "ann");
        Assert.Equal(HttpStatusCode.OK, deleted.StatusCode);
        using var gone = await SendAsync(hosted, "POST", Ping, id, user: "ann");
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
    }

    [Fact]
    public async Task A_session_is_listened_to_once()
    {
        await using var hosted = await Hosted.StartAsync();
        using var begun = await SendAsync(hosted, "POST", Initialize);
        var id = begun.Headers.GetValues("Mcp-Session-Id").Single();
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, hosted.Endpoint);
        request.Headers.Add("Mcp-Session-Id", id);
        using var listening = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);
        Assert.Equal(HttpStatusCode.OK, listening.StatusCode);
        using var second = await SendAsync(hosted, "GET", null, id);
        Assert.Equal(HttpStatusCode.Conflict, second.StatusCode);
        using var deleted = await SendAsync(hosted, "DELETE", null, id);
        Assert.Equal(HttpStatusCode.OK, deleted.StatusCode);
        Assert.Equal("", await listening.Content.ReadAsStringAsync(Ct));
    }

    [Fact]
    public async Task There_are_only_so_many_sessions_and_idle_ones_make_room()
    {
        var clock = new AgentFlow.Testing.ManualTimeProvider();
        await using var hosted = await Hosted.StartAsync(new() { MaxHttpSessions = 2, HttpIdleTimeout = TimeSpan.FromMinutes(5), TimeProvider = clock });
        using var first = await SendAsync(hosted, "POST", Initialize);
        using var second = await SendAsync(hosted, "POST", Initialize);
        using var third = await SendAsync(hosted, "POST", Initialize);
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable], [first.StatusCode, second.StatusCode, third.StatusCode]);
        clock.Advance(TimeSpan.FromMinutes(4));
        using var used = await SendAsync(hosted, "POST", Ping, second.Headers.GetValues("Mcp-Session-Id").Single());
        clock.Advance(TimeSpan.FromMinutes(1));
        using var fourth = await SendAsync(hosted, "POST", Initialize);
        Assert.Equal(HttpStatusCode.OK, fourth.StatusCode);
        using var lost = await SendAsync(hosted, "POST", Ping, first.Headers.GetValues("Mcp-Session-Id").Single());
        Assert.Equal(HttpStatusCode.NotFound, lost.StatusCode);
        using var kept = await SendAsync(hosted, "POST", Ping, second.Headers.GetValues("Mcp-Session-Id").Single());
        Assert.Equal(HttpStatusCode.OK, kept.StatusCode);
    }

    private static async Task<HttpResponseMessage> SendAsync(Hosted hosted, string method, string? body, string? session = null, string? origin = null, string? user = null)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(new(method), hosted.Endpoint);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        foreach (var (name, value) in new[] { ("Mcp-Session-Id", session), ("Origin", origin), ("X-User", user) })
        {
            if (value is not null)
            {
                request.Headers.Add(name, value);
            }
        }

        return await client.SendAsync(request, Ct);
    }
}
