using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AgentFlow.Schemas;

namespace AgentFlow.AI;

/// <summary>
/// Integers that are written with a fraction or an exponent (<c>3.0</c>, <c>1e2</c>). JSON Schema takes them for integers, and some models
/// send no others; System.Text.Json does not read them.
/// </summary>
internal static class WholeNumbers
{
    private static readonly JsonSchema s_integer = JsonSchema.Parse(JsonElement.Parse("""{"type":"integer"}"""));

    /// <summary>Reads an integer, however it is written.</summary>
    /// <typeparam name="T">Its type, which a <see cref="decimal"/> holds all of.</typeparam>
    /// <param name="number">The number.</param>
    /// <param name="value">Its value.</param>
    /// <returns>Whether it is one, and in the range of its type.</returns>
    public static bool TryRead<T>(JsonElement number, out T value)
        where T : struct, IBinaryInteger<T>, IMinMaxValue<T>
    {
        var isRead = TryReadWhole(number, out var whole) && whole >= decimal.CreateChecked(T.MinValue) && whole <= decimal.CreateChecked(T.MaxValue)
            // As contracts have it: a type without a sign has no -0.
            && !(T.IsZero(T.MinValue) && HasSign(number));
        value = isRead ? T.CreateChecked(whole) : default;
        return isRead;
    }

    /// <summary>Reads a value by its contract; if the contract refuses it as it is written, with its integers as .NET reads them.</summary>
    /// <typeparam name="T">The type.</typeparam>
    /// <param name="json">The value.</param>
    /// <param name="contract">The contract.</param>
    /// <exception cref="JsonException">It does not fit.</exception>
    public static T? Deserialize<T>(JsonElement json, JsonTypeInfo<T> contract)
    {
        JsonElement plain;
        try
        {
            return json.Deserialize(contract);
        }
        catch (JsonException) when (TryRewrite(json, out plain))
        {
        }

        return plain.Deserialize(contract);
    }

    private static bool TryReadWhole(JsonElement number, out decimal whole)
    {
        whole = 0;
        // A decimal rounds: whether there is a fraction is asked before.
        if (number.ValueKind != JsonValueKind.Number || s_integer.Check(number) != SchemaVerdict.Fits || !number.TryGetDecimal(out whole))
        {
            return false;
        }

        whole = decimal.Truncate(whole);
        return true;
    }

    private static bool HasSign(JsonElement number) => number.GetRawText()[0] == '-';

    private static bool TryRewrite(JsonElement json, out JsonElement plain)
    {
        plain = default;
        var buffer = new ArrayBufferWriter<byte>();
        try
        {
            using var writer = new Utf8JsonWriter(buffer);
            if (!Write(writer, json))
            {
                return false;
            }
        }
        catch (InvalidOperationException)
        {
            // The name of a member has half of a character: it was not the integers that were refused.
            return false;
        }

        var reader = new Utf8JsonReader(buffer.WrittenSpan);
        plain = JsonElement.ParseValue(ref reader);
        return true;
    }

    /// <summary>Writes a value; returns whether any number in it is written in another way.</summary>
    private static bool Write(Utf8JsonWriter writer, JsonElement value)
    {
        var isOther = false;
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in value.EnumerateObject())
                {
                    writer.WritePropertyName(member.Name);
                    isOther |= Write(writer, member.Value);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                {
                    isOther |= Write(writer, item);
                }

                writer.WriteEndArray();
                break;
            case JsonValueKind.Number when value.GetRawText().AsSpan().ContainsAny('.', 'e', 'E') && TryReadWhole(value, out var whole):
                // A double may be less than nothing by its sign alone.
                writer.WriteRawValue(whole == 0 && HasSign(value) ? "-0" : whole.ToString(CultureInfo.InvariantCulture));
                isOther = true;
                break;
            default:
                value.WriteTo(writer);
                break;
        }

        return isOther;
    }
}
