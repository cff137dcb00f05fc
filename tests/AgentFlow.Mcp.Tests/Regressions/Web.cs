using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AgentFlow.Mcp.Tests.Regressions;

/// <summary>A server over HTTP in this process. Whoever sends a header <c>X-User</c> is that user.</summary>
internal sealed class Web : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Web(WebApplication app) => _app = app;

    public Uri Endpoint => new(_app.Urls.Single() + "/mcp");

    public static Task<Web> StartAsync(McpToolServer server) => StartAsync(server.HandleAsync);

    public static async Task<Web> StartAsync(RequestDelegate handle)
    {
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

            return handle(context);
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new(app);
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
