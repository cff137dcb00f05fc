using System.Text;
using AgentFlow.Mcp.App;
using Microsoft.AspNetCore.Http;

namespace AgentFlow.Mcp.Tests.Regressions;

/// <summary>A request that came to its session at the moment when it was deleted was never answered to its end.</summary>
public sealed class AListenerOutlivedItsSessionTests
{
    private const string Initialize =
        """{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"c","version":"1"}}}""";

    [Fact]
    public async Task One_that_listens_ends_with_its_session()
    {
        await using var server = Desk.Serve();
        var begun = Request("POST", null, Initialize);
        await HandleAsync(server, begun);
        var id = begun.Response.Headers["Mcp-Session-Id"].ToString();
        var listening = Request("GET", id);
        listening.Response.Body = new Flushing(() => HandleAsync(server, Request("DELETE", id)));
        await HandleAsync(server, listening);
    }

    [Fact]
    public async Task One_that_asks_ends_as_well()
    {
        await using var server = Desk.Serve();
        var begun = Request("POST", null, Initialize);
        await HandleAsync(server, begun);
        var id = begun.Response.Headers["Mcp-Session-Id"].ToString();
        var asking = Request("POST", id, """{"jsonrpc":"2.0","id":2,"method":"ping"}""");
        asking.Response.Body = new Flushing(() => HandleAsync(server, Request("DELETE", id)));
        await HandleAsync(server, asking);
        var gone = Request("POST", id, """{"jsonrpc":"2.0","id":3,"method":"ping"}""");
        await HandleAsync(server, gone);
        Assert.Equal(StatusCodes.Status404NotFound, gone.Response.StatusCode);
    }

    private static Task HandleAsync(McpToolServer server, HttpContext context) =>
        server.HandleAsync(context).WaitAsync(Patience, TestContext.Current.CancellationToken);

    private static DefaultHttpContext Request(string method, string? session, string body = "")
    {
        var context = new DefaultHttpContext();
        (context.Request.Method, context.Request.Host, context.Request.Path) = (method, new("localhost"), "/mcp");
        context.Request.Headers.Accept = "application/json, text/event-stream";
        context.Request.ContentType = "application/json";
        context.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(body));
        context.Response.Body = new MemoryStream();
        if (session is not null)
        {
            context.Request.Headers["Mcp-Session-Id"] = session;
        }

        return context;
    }

    /// <summary>Has something done as soon as the headers are with the client.</summary>
    private sealed class Flushing(Func<Task> first) : MemoryStream
    {
        private Func<Task>? _first = first;

        public override Task FlushAsync(CancellationToken cancellationToken) => Interlocked.Exchange(ref _first, null)?.Invoke() ?? Task.CompletedTask;
    }
}
