using AgentFlow.Mcp;
using AgentFlow.Mcp.App;
using AgentFlow.Mcp.App.Conformance;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.Server;

// A server of tools in a process of its own, or a client: <what> [port or address].
switch (args[0])
{
    case "sdk-stdio":
        await using (var transport = new StdioServerTransport("sdk"))
        await using (var server = McpServer.Create(transport, SdkServer.Options()))
        {
            await server.RunAsync();
        }

        break;
    case "sdk-http":
        await using (new SdkHttpServer(int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture)))
        {
            Console.WriteLine("listening");
            await Task.Delay(Timeout.Infinite);
        }

        break;
    case "agentflow-stdio":
        await using (var served = Desk.Serve())
        {
            await served.RunStdioAsync();
        }

        break;
    case "agentflow-http":
        await using (var served = Desk.Serve())
        {
            await ServeAsync(served, args[1]);
        }

        break;
    case "conformance-server":
        await using (var served = ConformanceDesk.Serve())
        {
            await ServeAsync(served, args[1]);
        }

        break;
    case "conformance-client":
        await ConformanceClient.RunAsync(new(args[1]));
        break;
    default:
        throw new ArgumentException($"There is no server '{args[0]}'.");
}

static async Task ServeAsync(McpToolServer served, string port)
{
    var builder = WebApplication.CreateSlimBuilder();
    builder.Logging.ClearProviders();
    await using var app = builder.Build();
    app.Urls.Add($"http://127.0.0.1:{port}");
    app.Map("/mcp", served.HandleAsync);
    await app.StartAsync();
    Console.WriteLine("listening");
    await app.WaitForShutdownAsync();
}
