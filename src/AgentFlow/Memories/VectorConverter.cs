using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace AgentFlow;

/// <summary>Vectors as the base64 of their little-endian bytes: a third of what decimal digits take.</summary>
internal sealed class VectorConverter : JsonConverter<ReadOnlyMemory<float>>
{
    /// <inheritdoc />
    public override ReadOnlyMemory<float> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (!reader.TryGetBytesFromBase64(out var bytes) || bytes.Length % sizeof(float) != 0)
        {
            throw new JsonException("It is no vector.");
        }

        var vector = new float[bytes.Length / sizeof(float)];
        for (var i = 0; i < vector.Length; i++)
        {
            vector[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(i * sizeof(float)));
        }

        return vector;
    }

    /// <inheritdoc />
    public override void Write(Utf8JsonWriter writer, ReadOnlyMemory<float> value, JsonSerializerOptions options)
    {
        var bytes = new byte[value.Length * sizeof(float)];
        for (var i = 0; i < value.Length; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), value.Span[i]);
        }

        writer.WriteBase64StringValue(bytes);
    }
}
