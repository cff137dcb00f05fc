using System.Text.Json.Serialization;

namespace AgentFlow;

/// <summary>One line of a file of memories: one of its members says what was done.</summary>
internal sealed record MemoryOperation
{
    /// <summary>The first line: how the rest is to be read.</summary>
    public MemoryFormat? Format { get; init; }

    /// <summary>A memory was added or replaced.</summary>
    public MemoryRecord? Put { get; init; }

    /// <summary>A memory was deleted.</summary>
    public MemoryDeletion? Delete { get; init; }
}

/// <summary>How a file of memories is to be read.</summary>
/// <param name="Version">The version of the format.</param>
/// <param name="Last">The highest number that was given before the file was written.</param>
internal sealed record MemoryFormat(int Version, long Last);

/// <summary>A memory that was deleted.</summary>
/// <param name="Subject">Whose it was.</param>
/// <param name="Id">Its id.</param>
internal sealed record MemoryDeletion(string Subject, string Id);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(MemoryOperation))]
[JsonSerializable(typeof(MemoryRecord))]
internal sealed partial class MemoryJson : JsonSerializerContext;
