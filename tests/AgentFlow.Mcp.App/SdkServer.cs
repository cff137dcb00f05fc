using System.ComponentModel;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace AgentFlow.Mcp.App;

/// <summary>A server made with the official SDK alone.</summary>
public static class SdkServer
{
    /// <summary>Its tools, fresh ones.</summary>
    public static McpServerOptions Options() => new()
    {
        ServerInfo = new() { Name = "sdk", Version = "1.0.0" },
        Capabilities = new() { Tools = new() { ListChanged = true } },
        ToolCollection =
        [
            McpServerTool.Create(static (string text) => "echo " + text, new() { Name = "echo", Description = "Says it again.", ReadOnly = true }),
            McpServerTool.Create(static (int a, int b) => new Sum(a + b), new() { Name = "add", ReadOnly = true, UseStructuredContent = true }),
            McpServerTool.Create(static string (string why) => throw new McpException(why), new() { Name = "fail", Destructive = false }),
            McpServerTool.Create(static (int length) => new string('x', length), new() { Name = "big", ReadOnly = true }),
            McpServerTool.Create(static () => new ImageContentBlock { Data = "AQID"u8.ToArray(), MimeType = "image/png" }, new() { Name = "draw", ReadOnly = true }),
            McpServerTool.Create(static void () => Environment.Exit(3), new() { Name = "die" }),
            McpServerTool.Create(WaitAsync, new() { Name = "wait.for.ever", Destructive = false, Idempotent = true }),
            McpServerTool.Create(Learn, new() { Name = "learn", Destructive = false }),
            McpServerTool.Create(Forget, new() { Name = "forget", Destructive = false }),
            McpServerTool.Create(ClimbAsync, new() { Name = "climb", ReadOnly = true }),
        ],
    };

    [Description("Waits until it is cancelled, and then writes a file.")]
    private static async Task<string> WaitAsync([Description("The file that says that it waits.")] string started, string cancelled, CancellationToken cancellationToken)
    {
        await File.WriteAllTextAsync(started, "", CancellationToken.None);
        try
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }
        finally
        {
            await File.WriteAllTextAsync(cancelled, "", CancellationToken.None);
        }

        return "never";
    }

    private static string Learn(string name, McpServer server)
    {
        server.ServerOptions.ToolCollection!.Add(McpServerTool.Create(() => "I am " + name, new() { Name = name, ReadOnly = true }));
        return "learnt";
    }

    private static string Forget(string name, McpServer server) =>
        server.ServerOptions.ToolCollection!.TryGetPrimitive(name, out var tool) && server.ServerOptions.ToolCollection.Remove(tool) ? "forgotten" : "not known";

    /// <summary>Tells of its first step, and of the others when a file is there.</summary>
    private static async Task<string> ClimbAsync(int steps, string go, IProgress<ProgressNotificationValue> progress, CancellationToken cancellationToken)
    {
        for (var i = 1; i <= steps; i++)
        {
            progress.Report(new() { Progress = i, Total = steps, Message = $"step {i}" });
            await Files.IsThereAsync(go, cancellationToken);
        }

        return "up";
    }

    /// <summary>A sum.</summary>
    public sealed record Sum(int Value);
}
