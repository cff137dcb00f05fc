using System.Text.Json;
using System.Text.Json.Nodes;
using AgentFlow.AI;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace AgentFlow.Mcp.Tests.Regressions;

/// <summary>What servers of other makers, and of other revisions, send; and what their clients are sent.</summary>
public sealed class ServersOfAllKindsAreUnderstoodTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("{}", "2025-11-25")]
    [InlineData("{\"supportedVersions\":\"all\",\"capabilities\":[]}", "2025-06-18")]
    [InlineData("[]", "2025-03-26")]
    public async Task Discovery_that_is_malformed_is_followed_by_the_older_way(string discovered, string version)
    {
        var server = new Written(request => request["method"]!.GetValue<string>() switch
        {
            "server/discover" => discovered,
            "initialize" => $$$"""{"protocolVersion":"{{{version}}}","capabilities":{"tools":{}},"serverInfo":{"name":"w","version":"1"}}""",
            "tools/list" => """{"tools":[{"name":"a","inputSchema":{"type":"object"}}]}""",
            _ => "{}",
        });
        await using var tools = await McpTools.ConnectAsync(server, new() { ConnectTimeout = TimeSpan.FromSeconds(30) }, Ct).WaitAsync(Patience, Ct);
        Assert.Equal("a", Assert.Single(tools.Tools).Name);
    }

    [Fact]
    public async Task The_revision_can_be_chosen()
    {
        var asked = new List<string>();
        var server = new Written(request =>
        {
            lock (asked)
            {
                asked.Add(request["method"]!.GetValue<string>());
            }

            return request["method"]!.GetValue<string>() switch
            {
                "initialize" => """{"protocolVersion":"2025-06-18","capabilities":{"tools":{}},"serverInfo":{"name":"w","version":"1"}}""",
                "tools/list" => """{"tools":[]}""",
                _ => "{}",
            };
        });
        await using (await McpTools.ConnectAsync(server, new() { ProtocolVersion = "2025-06-18" }, Ct).WaitAsync(Patience, Ct))
        {
            Assert.DoesNotContain("server/discover", asked);
        }

        await Assert.ThrowsAsync<McpConnectionException>(() => McpTools.ConnectAsync(server, new() { ProtocolVersion = "2025-11-25" }, Ct).WaitAsync(Patience, Ct));
    }

    [Fact]
    public async Task Tools_that_demand_tasks_are_not_offered()
    {
        var server = new Written(static request => request["method"]!.GetValue<string>() switch
        {
            "initialize" => """{"protocolVersion":"2025-11-25","capabilities":{"tools":{}},"serverInfo":{"name":"w","version":"1"}}""",
            "tools/list" => """
                {"tools":[{"name":"plain","inputSchema":{"type":"object"}},{"name":"may","inputSchema":{"type":"object"},"execution":{"taskSupport":"optional"}},
                 {"name":"must","inputSchema":{"type":"object"},"execution":{"taskSupport":"required"}}]}
                """.ReplaceLineEndings(""),
            _ => "{}",
        });
        await using var tools = await McpTools.ConnectAsync(server, new() { ProtocolVersion = "2025-11-25" }, Ct).WaitAsync(Patience, Ct);
        Assert.Equal(["may", "plain"], tools.Tools.Select(static tool => tool.Name).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("""{"name":"odd","inputSchema":5}""", "'odd'")]
    [InlineData("""{"name":"odd","inputSchema":{"type":"array"}}""", "'odd'")]
    [InlineData("""{"name":"odd","inputSchema":{"type":"object"},"outputSchema":[]}""", "'odd'")]
    [InlineData("""{"name":5,"inputSchema":{"type":"object"}}""", "malformed")]
    [InlineData("""{"name":"\ud800","inputSchema":{"type":"object"}}""", "malformed")]
    public async Task A_tool_that_is_malformed_is_named(string odd, string named)
    {
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => ConnectAsync($$"""{"tools":[{"name":"a","inputSchema":{"type":"object"} },{{odd}}]}"""));
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"content":null}""")]
    [InlineData("""{"content":[null]}""")]
    [InlineData("""{"content":[]}""")]
    [InlineData("{}")]
    [InlineData("""{"content":null,"isError":true}""")]
    public async Task Results_without_contents_are_understood(string result)
    {
        await using var tools = await ConnectAsync("""{"tools":[{"name":"a","inputSchema":{"type":"object"}}]}""", result);
        if (result.Contains("isError", StringComparison.Ordinal))
        {
            await Assert.ThrowsAsync<ToolErrorException>(async () => await tools.Tools[0].InvokeAsync(cancellationToken: Ct));
        }
        else
        {
            Assert.Equal("", (await tools.Tools[0].InvokeAsync(cancellationToken: Ct))?.ToString());
        }
    }

    private static Task<McpTools> ConnectAsync(string list, string result = "{}")
    {
        var server = new Written(request => request["method"]!.GetValue<string>() switch
        {
            "initialize" => """{"protocolVersion":"2025-11-25","capabilities":{"tools":{}},"serverInfo":{"name":"w","version":"1"}}""",
            "tools/list" => list,
            "tools/call" => result,
            _ => "{}",
        });
        return McpTools.ConnectAsync(server, new() { ProtocolVersion = "2025-11-25" }, Ct).WaitAsync(Patience, Ct);
    }

    [Fact]
    public async Task A_servers_errors_do_not_hold_what_it_was_sent()
    {
        await using var app = await Web.StartAsync(static async context =>
        {
            // A server that repeats its headers.
            context.Response.StatusCode = 500;
            await context.Response.WriteAsync("No: " + context.Request.Headers.Authorization + context.Request.Headers["X-Api-Key"], Ct);
        });
        var transport = new HttpClientTransport(new()
        {
            Endpoint = new(app.Endpoint + "?token=hunter-in-query"),
            TransportMode = HttpTransportMode.StreamableHttp,
            AdditionalHeaders = new Dictionary<string, string> { ["Authorization"] = "Bearer hunter-in-header", ["X-Api-Key"] = "hunter-as-key" },
        });
        var error = await Assert.ThrowsAsync<McpConnectionException>(() => McpTools.ConnectAsync(transport, cancellationToken: Ct));
        Assert.DoesNotContain("hunter", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(307)]
    [InlineData(308)]
    public async Task A_redirection_to_another_origin_is_not_followed(int status)
    {
        var stolen = 0;
        await using var elsewhere = await Web.StartAsync(context =>
        {
            stolen++;
            context.Response.StatusCode = 400;
            return Task.CompletedTask;
        });
        await using var app = await Web.StartAsync(context =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.Location = elsewhere.Endpoint.ToString();
            return Task.CompletedTask;
        });
        await Assert.ThrowsAsync<McpConnectionException>(() => McpTools.ConnectAsync(Servers.Http(app.Endpoint), cancellationToken: Ct));
        Assert.Equal(0, stolen);
    }

    [Fact]
    public async Task Several_contents_are_several_blocks_and_media_have_no_schema()
    {
        var registry = new ToolRegistry()
            .Add(AIFunctionFactory.Create(static () => new List<AIContent> { new TextContent("a"), new DataContent("AQID"u8.ToArray(), "image/png"), new DataContent("AQID"u8.ToArray(), "application/pdf") }, "several"))
            .Add(AIFunctionFactory.Create(static () => new DataContent("AQID"u8.ToArray(), "application/pdf"), "file"))
            .Add(AIFunctionFactory.Create(static () => Task.FromResult<AIContent>(new DataContent("AQID"u8.ToArray(), "image/png")), "picture"));
        await using var server = new McpToolServer(registry);
        await using var app = await Web.StartAsync(server);
        await using var client = await McpClient.CreateAsync(Servers.Http(app.Endpoint), cancellationToken: Ct);
        Assert.All(await client.ListToolsAsync(cancellationToken: Ct), static tool => Assert.Null(tool.ReturnJsonSchema));
        var several = await client.CallToolAsync("several", cancellationToken: Ct);
        Assert.Collection(
            several.Content,
            static block => Assert.Equal("a", Assert.IsType<TextContentBlock>(block).Text),
            static block => Assert.IsType<ImageContentBlock>(block),
            static block => Assert.True(Uri.IsWellFormedUriString(Assert.IsType<EmbeddedResourceBlock>(block).Resource.Uri, UriKind.Absolute)));
        var file = Assert.IsType<EmbeddedResourceBlock>(Assert.Single((await client.CallToolAsync("file", cancellationToken: Ct)).Content));
        Assert.True(Uri.IsWellFormedUriString(file.Resource.Uri, UriKind.Absolute));
        Assert.IsType<ImageContentBlock>(Assert.Single((await client.CallToolAsync("picture", cancellationToken: Ct)).Content));
    }

    [Fact]
    public async Task Text_of_results_is_not_escaped_beyond_what_JSON_asks_for()
    {
        var registry = new ToolRegistry().Add(AIFunctionFactory.Create(static () => new { Text = "Grüße <b>" }, "greet")).Add(AIFunctionFactory.Create(static () => "Grüße\n<b>", "say"));
        await using var server = new McpToolServer(registry);
        await using var app = await Web.StartAsync(server);
        await using var client = await McpClient.CreateAsync(Servers.Http(app.Endpoint), cancellationToken: Ct);
        Assert.Contains("Grüße <b>", Assert.IsType<TextContentBlock>((await client.CallToolAsync("greet", cancellationToken: Ct)).Content[0]).Text, StringComparison.Ordinal);
        Assert.Equal("Grüße\n<b>", Assert.IsType<TextContentBlock>((await client.CallToolAsync("say", cancellationToken: Ct)).Content[0]).Text);
    }

    [Fact]
    public async Task Tools_that_are_not_served_are_not_named()
    {
        await using var hosted = await Hosted.StartAsync();
        await using var client = await McpClient.CreateAsync(hosted.Http(), cancellationToken: Ct);
        var result = await client.CallToolAsync("erasee", cancellationToken: Ct);
        Assert.True(result.IsError);

        // By its exact name it is as little there as any other.
        var unserved = await client.CallToolAsync("erase", new Dictionary<string, object?> { ["what"] = "all" }, cancellationToken: Ct);
        var unknown = await client.CallToolAsync("vwxyz", new Dictionary<string, object?> { ["what"] = "all" }, cancellationToken: Ct);
        Assert.Equal(JsonSerializer.Serialize(unknown).Replace("vwxyz", "erase", StringComparison.Ordinal), JsonSerializer.Serialize(unserved));
        Assert.DoesNotContain("'erase'", JsonSerializer.Serialize(result.Content), StringComparison.Ordinal);
        Assert.DoesNotContain("approv", JsonSerializer.Serialize(result.Content), StringComparison.Ordinal);
    }
}
