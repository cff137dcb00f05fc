using System.ComponentModel;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace AgentFlow.CompilerServices;

/// <summary>
/// Reads floating-point numbers that come from outside. System.Text.Json reads one that is too large, such as <c>1e400</c>, as infinity; here
/// it is an error. What a tool returns may be infinite or NaN, and is then written by name. For generated code.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class ToolNumbers
{
    /// <summary>Reads and writes a <see cref="float"/>.</summary>
    public static JsonConverter<float> SingleConverter { get; } = new Converter<float>(
        JsonMetadataServices.SingleConverter,
        static (ref reader) => reader.GetSingle(),
        static (writer, value) => writer.WriteNumberValue(value));

    /// <summary>Reads and writes a <see cref="double"/>.</summary>
    public static JsonConverter<double> DoubleConverter { get; } = new Converter<double>(
        JsonMetadataServices.DoubleConverter,
        static (ref reader) => reader.GetDouble(),
        static (writer, value) => writer.WriteNumberValue(value));

    /// <summary>Reads and writes a <see cref="Half"/>.</summary>
    public static JsonConverter<Half> HalfConverter { get; } = new Converter<Half>(
        JsonMetadataServices.HalfConverter,
        static (ref reader) => (Half)reader.GetDouble(),
        static (writer, value) => writer.WriteNumberValue((float)value));

    private delegate T Reading<T>(ref Utf8JsonReader reader);

    private sealed class Converter<T>(JsonConverter<T> plain, Reading<T> read, Action<Utf8JsonWriter, T> write) : JsonConverter<T>
        where T : struct, IFloatingPointIeee754<T>
    {
        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType == JsonTokenType.Number)
            {
                return Finite(read(ref reader));
            }

            return reader.TokenType == JsonTokenType.String && reader.GetString() is { } name
                ? name switch
                {
                    "NaN" => T.NaN,
                    "Infinity" => T.PositiveInfinity,
                    "-Infinity" => T.NegativeInfinity,
                    _ => throw new JsonException(),
                }
                : throw new JsonException();
        }

        public override T ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            Finite(plain.ReadAsPropertyName(ref reader, typeToConvert, options));

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
        {
            if (T.IsFinite(value))
            {
                write(writer, value);
            }
            else
            {
                writer.WriteStringValue(T.IsNaN(value) ? "NaN" : T.IsPositive(value) ? "Infinity" : "-Infinity");
            }
        }

        public override void WriteAsPropertyName(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
            plain.WriteAsPropertyName(writer, value, options);

        private static T Finite(T value) =>
            T.IsFinite(value) ? value : throw new JsonException($"It is more than a {typeof(T).Name} holds.");
    }
}
