using AgentFlow.Mcp.App;
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
    default:
        throw new ArgumentException($"There is no server '{args[0]}'.");
}
