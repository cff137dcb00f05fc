using AgentFlow.Mcp.App;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.Server;

// A server of tools in a process of its own: <what> [port].
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
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            await using var app = builder.Build();
            app.Urls.Add($"http://127.0.0.1:{args[1]}");
            app.Map("/mcp", served.HandleAsync);
            await app.StartAsync();
            Console.WriteLine("listening");
            await Task.Delay(Timeout.Infinite);
        }

        break;
    default:
        throw new ArgumentException($"There is no server '{args[0]}'.");
}
