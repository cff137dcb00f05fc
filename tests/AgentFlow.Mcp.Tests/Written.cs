using System.IO.Pipelines;
using System.Text;
using System.Text.Json.Nodes;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace AgentFlow.Mcp.Tests;

/// <summary>A server that answers what a test says, in JSON; it closes the connection where that is null.</summary>
internal sealed class Written(Func<JsonNode, string?> answer) : IClientTransport
{
    public string Name => "written";

    /// <summary>What is sent before the next answer, once.</summary>
    public string? Notice { get; set; }

    public Task<ITransport> ConnectAsync(CancellationToken cancellationToken = default)
    {
        var (toServer, toClient) = (new Pipe(), new Pipe());
        _ = ServeAsync(toServer.Reader.AsStream(), toClient.Writer.AsStream());
        return new StreamClientTransport(toServer.Writer.AsStream(), toClient.Reader.AsStream()).ConnectAsync(cancellationToken);
    }

    private async Task ServeAsync(Stream input, Stream output)
    {
        await using var closing = output;
        using var reader = new StreamReader(input);
        while (await reader.ReadLineAsync(CancellationToken.None) is { } line)
        {
            if (JsonNode.Parse(line) is { } request && request["id"] is { } id)
            {
                if (answer(request) is not { } result)
                {
                    return;
                }

                if (Notice is { } notice)
                {
                    Notice = null;
                    await output.WriteAsync(Encoding.UTF8.GetBytes(notice + "\n"), CancellationToken.None);
                }

                await output.WriteAsync(Encoding.UTF8.GetBytes($$"""{"jsonrpc":"2.0","id":{{id.ToJsonString()}},"result":{{result}}}""" + "\n"), CancellationToken.None);
                await output.FlushAsync(CancellationToken.None);
            }
        }
    }
}
