using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace AgentFlow.Mcp.App;

/// <summary>The SDK's server over HTTP: its transport behind an <see cref="HttpListener"/>, with none of our code between.</summary>
public sealed class SdkHttpServer : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentDictionary<string, StreamableHttpServerTransport> _sessions = new();
    private readonly Task _loop;

    /// <summary>Listens.</summary>
    /// <param name="port">At which port.</param>
    public SdkHttpServer(int port)
    {
        Endpoint = new($"http://127.0.0.1:{port}/mcp/");
        _listener.Prefixes.Add(Endpoint.ToString());
        _listener.Start();
        _loop = Task.Run(LoopAsync);
    }

    /// <summary>Where.</summary>
    public Uri Endpoint { get; }

    /// <summary>The revision of the protocol that it is held to.</summary>
    public string? ProtocolVersion { get; init; } = "2025-11-25";

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        _listener.Abort();
        await _loop;
        foreach (var session in _sessions.Values)
        {
            await session.DisposeAsync();
        }
    }

    private async Task LoopAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            _ = Task.Run(() => ServeAsync(context));
        }
    }

    private async Task ServeAsync(HttpListenerContext context)
    {
        try
        {
            var id = context.Request.Headers["Mcp-Session-Id"];
            StreamableHttpServerTransport? transport = null;
            if (id is not null && !_sessions.TryGetValue(id, out transport))
            {
                context.Response.StatusCode = 404;
                context.Response.Close();
                return;
            }

            if (context.Request.HttpMethod == "GET")
            {
                context.Response.ContentType = "text/event-stream";
                context.Response.SendChunked = true;
                await context.Response.OutputStream.FlushAsync();
                await transport!.HandleGetRequestAsync(context.Response.OutputStream, CancellationToken.None);
            }
            else if (context.Request.HttpMethod == "POST")
            {
                var message = await JsonSerializer.DeserializeAsync(context.Request.InputStream, (JsonTypeInfo<JsonRpcMessage>)McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(JsonRpcMessage)));
                if (transport is null)
                {
                    id = Guid.NewGuid().ToString("n");
                    transport = new() { SessionId = id };
                    _sessions[id] = transport;
                    var options = SdkServer.Options();
                    options.ProtocolVersion = ProtocolVersion;
                    _ = McpServer.Create(transport, options).RunAsync();
                }

                context.Response.Headers["Mcp-Session-Id"] = id;
                context.Response.ContentType = "text/event-stream";
                context.Response.SendChunked = true;
                if (message is not JsonRpcRequest)
                {
                    context.Response.StatusCode = 202;
                }

                await transport.HandlePostRequestAsync(message!, context.Response.OutputStream, CancellationToken.None);
            }

            context.Response.Close();
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or IOException or InvalidOperationException or OperationCanceledException)
        {
            context.Response.Abort();
        }
    }
}
