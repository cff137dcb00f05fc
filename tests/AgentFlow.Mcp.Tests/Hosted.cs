using System.IO.Pipelines;
using System.Security.Claims;
using AgentFlow.Mcp.App;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace AgentFlow.Mcp.Tests;

/// <summary>Our server in this process: over pipes, and over HTTP.</summary>
internal sealed class Hosted : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly List<Task> _running = [];
    private readonly List<PipeWriter> _inputs = [];

    private Hosted(McpToolServer server, WebApplication app) => (Server, _app) = (server, app);

    public McpToolServer Server { get; }

    public Uri Endpoint => new(_app.Urls.Single() + "/mcp");

    /// <summary>Starts it. Whoever sends a header <c>X-User</c> is that user.</summary>
    public static async Task<Hosted> StartAsync(McpToolServerOptions? options = null)
    {
        var server = Desk.Serve(options);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.Map("/mcp", context =>
        {
            if (context.Request.Headers["X-User"] is [{ } user])
            {
                context.User = new(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, user)], "test"));
            }

            return server.HandleAsync(context);
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new(server, app);
    }

    /// <summary>A way to it over pipes.</summary>
    public StreamClientTransport Pipe(out Task running)
    {
        var (input, output) = Open(out running);
        return new(input, output);
    }

    /// <summary>A conversation with it, line by line.</summary>
    public Lines Lines()
    {
        var (input, output) = Open(out _);
        return new(input, output);
    }

    public HttpClientTransport Http() => Servers.Http(Endpoint);

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await _app.DisposeAsync();
        _inputs.ForEach(static input => input.Complete());
        await Task.WhenAll(_running).WaitAsync(Patience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Assert.All(_running, static running => Assert.True(running.IsCompleted));
    }

    private (Stream Input, Stream Output) Open(out Task running)
    {
        var (toServer, toClient) = (new Pipe(), new Pipe());
        running = Server.RunAsync(toServer.Reader.AsStream(), toClient.Writer.AsStream());
        _running.Add(running);
        _inputs.Add(toServer.Writer);
        return (toServer.Writer.AsStream(), toClient.Reader.AsStream());
    }
}
