using AgentFlow.AI;
using AgentFlow.Mcp.App;
using AgentFlow.Tests;
using Microsoft.AspNetCore.Builder;
using ModelContextProtocol.Client;

namespace AgentFlow.Mcp.Tests;

/// <summary>What the page about MCP shows is in this file, where it is compiled.</summary>
public class McpGuideTests
{
    [Fact]
    public void Every_line_of_the_page_is_compiled() => GuidePage.IsCompiledHere("mcp.md", 10);

    private static async Task ConsumeAsync(CancellationToken ct)
    {
        var registry = new ToolRegistry().AddRange(Calculator.Tools);
        var files = new StdioClientTransport(new() { Name = "files", Command = "npx", Arguments = ["-y", "@modelcontextprotocol/server-filesystem", "/srv/docs"] });
        await using var fileTools = await McpTools.ConnectAsync(files, new() { Prefix = "files_" }, ct);
        fileTools.AddTo(registry);

        var crm = new HttpClientTransport(new() { Name = "crm", Endpoint = new("https://crm.example.com/mcp") });
        await using var crmTools = await McpTools.ConnectAsync(crm, new() { Prefix = "crm_", Approval = McpApproval.Always, CallTimeout = TimeSpan.FromSeconds(20) }, ct);
        crmTools.AddTo(registry);
    }

    private static async Task PinAsync(IClientTransport crm, CancellationToken ct)
    {
        await using var crmTools = await McpTools.ConnectAsync(crm, new() { Pins = LoadPins() }, ct);
        foreach (var tool in crmTools.Withheld)
        {
            if (await AskAsync($"'{tool.Name}' says now: {tool.Description}"))
            {
                await crmTools.ApproveAsync(tool, ct);
            }
        }

        SavePins(crmTools.Pins);

        static IReadOnlyDictionary<string, string>? LoadPins() => null;
        static Task<bool> AskAsync(string question) => Task.FromResult(question.Length > 0);
        static void SavePins(IReadOnlyDictionary<string, string> pins) => Assert.NotNull(pins);
    }

    private static async Task ServeAsync(ISessionStore store, CancellationToken ct)
    {
        await using var runtime = new AgentRuntime(store);
        var tools = new ToolRegistry().AddRange(Calculator.Tools).Add(new Writer().AsTool());
        await using var server = new McpToolServer(tools, new() { Name = "desk", Runtime = runtime });
        await server.RunStdioAsync(ct);
    }

    private static void Map(WebApplication app, McpToolServer server)
    {
        app.Map("/mcp", server.HandleAsync).RequireAuthorization();
    }
}
