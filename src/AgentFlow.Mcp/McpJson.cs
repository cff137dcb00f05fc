using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ModelContextProtocol;

namespace AgentFlow.Mcp;

/// <summary>The JSON of the protocol.</summary>
internal static class McpJson
{
    /// <summary>The contract of one of the protocol's types.</summary>
    public static JsonTypeInfo<T> Of<T>() => (JsonTypeInfo<T>)McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(T));

    /// <summary>A value as models read it.</summary>
    public static string Text(JsonElement value) => ReadableJson.Of(value.GetRawText());
}
