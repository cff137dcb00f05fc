using System.Diagnostics;
using ModelContextProtocol.Client;

namespace AgentFlow.Mcp.Tests;

/// <summary>A server in a process of its own, and the way to it.</summary>
internal sealed class Served : IAsyncDisposable
{
    private readonly string _server;
    private readonly int _port;
    private Process? _process;

    private Served(string server, int port, IClientTransport transport) => (_server, _port, Transport) = (server, port, transport);

    public IClientTransport Transport { get; }

    /// <summary>Starts a server of the SDK, or of ours.</summary>
    public static async Task<Served> StartAsync(string way, string made = "sdk")
    {
        if (way == "stdio")
        {
            return new($"{made}-stdio", 0, Servers.Stdio($"{made}-stdio"));
        }

        var port = Servers.FreePort();
        var served = new Served($"{made}-http", port, Servers.Http(Servers.Endpoint(port)));
        await served.RestartAsync();
        return served;
    }

    /// <summary>Starts it again, where it was; over standard streams each connection starts one.</summary>
    public async Task RestartAsync()
    {
        if (_port != 0)
        {
            await EndAsync();
            _process = await Servers.StartAsync(_server, _port);
        }
    }

    public Task KillAsync() => EndAsync();

    public async ValueTask DisposeAsync() => await EndAsync();

    private async Task EndAsync()
    {
        if (_process is { } process)
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
            process.Dispose();
            _process = null;
        }
    }
}
