using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using AgentFlow.Mcp.App;
using ModelContextProtocol.Client;

namespace AgentFlow.Mcp.Tests;

/// <summary>Servers in processes of their own.</summary>
internal static class Servers
{
    /// <summary>A way to a server over the standard input and output of a new process.</summary>
    public static StdioClientTransport Stdio(string server, params string[] arguments) => new(new()
    {
        Name = server,
        Command = "dotnet",
        Arguments = [typeof(SdkServer).Assembly.Location, server, .. arguments],
    });

    public static HttpClientTransport Http(Uri endpoint, string? user = null) => new(new()
    {
        Name = "http",
        Endpoint = endpoint,
        TransportMode = HttpTransportMode.StreamableHttp,
        AdditionalHeaders = user is null ? null : new Dictionary<string, string> { ["X-User"] = user },
    });

    /// <summary>Starts a server that listens.</summary>
    public static async Task<Process> StartAsync(string server, int port)
    {
        var process = Process.Start(new ProcessStartInfo("dotnet", [typeof(SdkServer).Assembly.Location, server, port.ToString(CultureInfo.InvariantCulture)]) { RedirectStandardOutput = true })!;
        Assert.Equal("listening", await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        return process;
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public static Uri Endpoint(int port) => new($"http://127.0.0.1:{port}/mcp/");
}
