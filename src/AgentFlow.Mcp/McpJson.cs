using System.Text.Json.Serialization.Metadata;
using ModelContextProtocol;

namespace AgentFlow.Mcp;

/// <summary>The JSON contracts of the protocol's types.</summary>
internal static class McpJson
{
    public static JsonTypeInfo<T> Of<T>() => (JsonTypeInfo<T>)McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(T));
}
