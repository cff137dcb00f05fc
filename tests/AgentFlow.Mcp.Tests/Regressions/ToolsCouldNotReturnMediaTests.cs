using System.ComponentModel;
using System.IO.Pipelines;
using AgentFlow.AI;
using Microsoft.Extensions.AI;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace AgentFlow.Mcp.Tests.Regressions;

/// <summary>
/// Methods with <c>[Tool]</c> whose result is an image or several contents did not compile: a schema was asked of types that have none.
/// </summary>
public sealed partial class ToolsCouldNotReturnMediaTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Media_are_given_as_they_are_and_have_no_schema()
    {
        Assert.All(Album.Tools, static tool => Assert.Null(tool.ReturnJsonSchema));
        var results = new List<object?>();
        foreach (var tool in Album.Tools)
        {
            results.Add(await tool.InvokeAsync(new(), Ct));
        }

        Assert.Equal("image/png", Assert.IsType<DataContent>(results[0]).MediaType);
        Assert.Equal("image/png", Assert.IsType<DataContent>(results[1]).MediaType);
        Assert.IsType<TextContent>(results[2]);
        Assert.Equal(2, Assert.IsType<AIContent[]>(results[3]).Length);
        Assert.Equal(2, Assert.IsType<AIContent[]>(results[4]).Length);
        Assert.Equal(2, Assert.IsType<AIContent[]>(results[5]).Length);
        Assert.Null(results[6]);
    }

    [Fact]
    public async Task Clients_are_sent_blocks()
    {
        await using var server = new McpToolServer(new ToolRegistry().AddRange(Album.Tools));
        var (up, down) = (new Pipe(), new Pipe());
        var serving = server.RunAsync(up.Reader.AsStream(), down.Writer.AsStream(), Ct);
        var transport = new StreamClientTransport(up.Writer.AsStream(), down.Reader.AsStream());
        await using (var client = await McpClient.CreateAsync(transport, cancellationToken: Ct).WaitAsync(Patience, Ct))
        {
            var one = await client.CallToolAsync("picture", cancellationToken: Ct);
            Assert.Equal("image/png", Assert.IsType<ImageContentBlock>(Assert.Single(one.Content)).MimeType);
            var several = await client.CallToolAsync("page", cancellationToken: Ct);
            Assert.Equal(["text", "image"], several.Content.Select(static block => block.Type));
        }

        await up.Writer.CompleteAsync();
        await serving.WaitAsync(Patience, Ct);
    }

    private static partial class Album
    {
        private static DataContent Png => new("AQID"u8.ToArray(), "image/png");

        [Tool(Name = "picture", Effect = Effect.None)]
        [Description("A picture.")]
        private static DataContent Picture() => Png;

        [Tool(Name = "picture_in_time", Effect = Effect.None)]
        [Description("A picture, in time.")]
        private static Task<DataContent> PictureInTime() => Task.FromResult(Png);

        [Tool(Name = "any", Effect = Effect.None)]
        [Description("Any content.")]
        private static ValueTask<AIContent> Any() => new(new TextContent("a"));

        [Tool(Name = "page", Effect = Effect.None)]
        [Description("A text and a picture.")]
        private static AIContent[] Page() => [new TextContent("a"), Png];

        [Tool(Name = "pages", Effect = Effect.None)]
        [Description("Two pictures.")]
        private static Task<List<DataContent>> Pages() => Task.FromResult<List<DataContent>>([Png, Png]);

        [Tool(Name = "stream", Effect = Effect.None)]
        [Description("Two pictures, one after the other.")]
        private static async IAsyncEnumerable<DataContent> Stream()
        {
            yield return Png;
            await Task.Yield();
            yield return Png;
        }

        [Tool(Name = "none", Effect = Effect.None)]
        [Description("Perhaps a picture.")]
        private static DataContent? None() => null;
    }
}
