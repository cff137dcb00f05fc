using System.Runtime.CompilerServices;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace AgentFlow.Mcp;

/// <summary>
/// What the SDK's transports were made with. They read lines and answers of any length, and offer no place to bound them; so they are made anew from the same options, with bounded streams. A
/// release of the SDK that keeps its options elsewhere is used as it is: a test notices.
/// </summary>
internal static class SdkTransports
{
    public static StdioClientTransportOptions? OptionsOf(StdioClientTransport transport) => Read(transport, static t => Options(t));

    public static HttpClientTransportOptions? OptionsOf(HttpClientTransport transport) => Read(transport, static t => Options(t));

    /// <summary>The client that the program has given; null for one of the SDK's own.</summary>
    public static (bool IsKnown, HttpClient? Client) HttpClientOf(HttpClientTransport transport)
    {
        try
        {
            return (true, Owned(transport) is null ? Client(Http(transport)) : null);
        }
        catch (Exception e) when (e is MissingFieldException or TypeLoadException)
        {
            return default;
        }
    }

    public static (Stream Input, Stream Output)? StreamsOf(StreamClientTransport transport)
    {
        try
        {
            return (Input(transport), Output(transport));
        }
        catch (MissingFieldException)
        {
            return null;
        }
    }

    private static TOptions? Read<TTransport, TOptions>(TTransport transport, Func<TTransport, TOptions> read)
        where TOptions : class
    {
        try
        {
            return read(transport);
        }
        catch (MissingFieldException)
        {
            return null;
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_options")]
    private static extern ref StdioClientTransportOptions Options(StdioClientTransport transport);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_options")]
    private static extern ref HttpClientTransportOptions Options(HttpClientTransport transport);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_ownedHttpClient")]
    private static extern ref HttpClient? Owned(HttpClientTransport transport);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_serverInput")]
    private static extern ref Stream Input(StreamClientTransport transport);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_serverOutput")]
    private static extern ref Stream Output(StreamClientTransport transport);

    private static object Http(HttpClientTransport transport) =>
        typeof(HttpClientTransport).GetField("_mcpHttpClient", System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic)?.GetValue(transport)
        ?? throw new MissingFieldException(nameof(HttpClientTransport), "_mcpHttpClient");

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "<httpClient>P")]
    private static extern ref HttpClient Client([UnsafeAccessorType("ModelContextProtocol.Client.McpHttpClient, ModelContextProtocol.Core")] object http);
}
