using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace AgentFlow.CompilerServices;

/// <summary>How a result is written. For generated code.</summary>
/// <typeparam name="T">Its type.</typeparam>
/// <param name="contract">Writes whatever has JSON, and says why something has none.</param>
/// <param name="writer">Writes what needs no contract; <see langword="null"/> if the type needs the contract.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class ToolResult<T>(JsonTypeInfo<T> contract, Action<ToolJsonWriter, T>? writer = null)
{
    /// <summary>The value as JSON.</summary>
    internal JsonElement Write(T value) =>
        writer is not null && ToolJsonWriter.TryWrite(value, writer, out var json) ? json : JsonSerializer.SerializeToElement(value, contract);
}
