using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace AgentFlow.Mcp;

/// <summary>The way to a server on which no message is held whole that is longer than it may be. Other transports than the SDK's own bound themselves.</summary>
internal static class BoundedTransport
{
    private const string Option = $"{nameof(McpToolsOptions)}.{nameof(McpToolsOptions.MaxMessageBytes)}";

    /// <summary>Makes it.</summary>
    /// <param name="transport">The way that the program has given.</param>
    /// <param name="maxLength">How many bytes a message may have.</param>
    /// <param name="handler">What has to be disposed of at the end; null for nothing.</param>
    public static IClientTransport Of(IClientTransport transport, int maxLength, out IDisposable? handler)
    {
        handler = null;
        switch (transport)
        {
            case StdioClientTransport stdio when SdkTransports.OptionsOf(stdio) is { } options:
                return new BoundedStdioTransport(transport.Name, options, output => Bound(output, maxLength));
            case StreamClientTransport streams when SdkTransports.StreamsOf(streams) is var (input, output):
                return new NamedTransport(transport.Name, new StreamClientTransport(input, Bound(output, maxLength)));
            case HttpClientTransport http when SdkTransports.OptionsOf(http) is { } options && SdkTransports.HttpClientOf(http) is (true, var given):
                var client = new HttpClient(new BoundedResponses(given, maxLength, Option)) { Timeout = given?.Timeout ?? TimeSpan.FromSeconds(100) };
                handler = client;
                return new NamedTransport(transport.Name, new HttpClientTransport(options, client));
            default:
                return transport;
        }
    }

    private static BoundedLines Bound(Stream output, int maxLength) => new(output, maxLength, Option);

    /// <summary>A transport under the name of another, which errors tell.</summary>
    private sealed class NamedTransport(string name, IClientTransport inner) : IClientTransport
    {
        public string Name => name;

        public Task<ITransport> ConnectAsync(CancellationToken cancellationToken = default) => inner.ConnectAsync(cancellationToken);
    }
}
