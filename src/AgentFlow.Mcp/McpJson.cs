using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ModelContextProtocol;

namespace AgentFlow.Mcp;

/// <summary>The JSON of the protocol.</summary>
internal static class McpJson
{
    private static readonly JsonWriterOptions s_relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The contract of one of the protocol's types.</summary>
    public static JsonTypeInfo<T> Of<T>() => (JsonTypeInfo<T>)McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(T));

    /// <summary>A value as models read it: nothing is escaped that JSON does not ask for.</summary>
    public static string Text(JsonElement value)
    {
        var raw = value.GetRawText();
        if (!raw.Contains("\\u", StringComparison.Ordinal))
        {
            return raw;
        }

        try
        {
            var buffer = new ArrayBufferWriter<byte>(raw.Length);
            using (var writer = new Utf8JsonWriter(buffer, s_relaxed))
            {
                value.WriteTo(writer);
            }

            return Encoding.UTF8.GetString(buffer.WrittenSpan);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            return raw; // Half a surrogate pair, which no text can hold.
        }
    }
}
