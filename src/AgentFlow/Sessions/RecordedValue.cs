using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace AgentFlow;

/// <summary>
/// Writes values as sessions keep them, and reads some of them back: a constructor that alters its arguments would alter them again with every
/// resumption.
/// </summary>
internal static class RecordedValue
{
    /// <summary>How many values of a contract are compared before ever fewer are.</summary>
    private const int FirstValues = 8;

    private static readonly JsonWriterOptions s_options = new() { Encoder = RecordedTextEncoder.Instance };

    /// <summary>How many values of each contract this process has written, without those that were refused.</summary>
    private static readonly ConditionalWeakTable<JsonTypeInfo, StrongBox<int>> s_written = [];

    /// <summary>Writes a value.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="value">The value.</param>
    /// <param name="contract">Its contract.</param>
    /// <exception cref="NotSupportedException">It would not come back as it is.</exception>
    public static void Write(Utf8JsonWriter writer, object? value, JsonTypeInfo contract)
    {
        if (value is null)
        {
            JsonSerializer.Serialize(writer, value, contract);
            return;
        }

        var count = s_written.GetOrCreateValue(contract);
        if (IsLookedAt(Volatile.Read(ref count.Value) + 1))
        {
            // Once: what is enumerated may be made anew each time.
            var written = ToUtf8(value, contract);
            Compare(written.WrittenSpan, value, contract);
            writer.WriteRawValue(written.WrittenSpan, skipInputValidation: true);
        }
        else
        {
            JsonSerializer.Serialize(writer, value, contract);
        }

        Interlocked.Increment(ref count.Value);
    }

    /// <summary>The first values of a contract, and then one of as many as there have been; after one that was refused the next.</summary>
    private static bool IsLookedAt(int number) => number is > 0 and <= FirstValues || BitOperations.IsPow2(number);

    private static ArrayBufferWriter<byte> ToUtf8(object? value, JsonTypeInfo contract)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer, s_options);
        JsonSerializer.Serialize(writer, value, contract);
        return buffer;
    }

    private static void Compare(ReadOnlySpan<byte> written, object value, JsonTypeInfo contract)
    {
        if (RecordedJson.FindTooDeep(written, RecordedJson.MaxDepth) is not null)
        {
            // The caller reports it.
            return;
        }

        object? read;
        try
        {
            read = JsonSerializer.Deserialize(written, contract);
        }
        catch (Exception e)
        {
            // Constructors and converters are the user's, and throw what they like. What the error says may quote the value.
            throw new NotSupportedException($"It cannot be read again ({e.GetType().Name}): what it is made with has to take what it holds.", e);
        }

        var again = ToUtf8(read, contract);
        if (written.SequenceEqual(again.WrittenSpan))
        {
            return;
        }

        using var first = Parse(written);
        using var second = Parse(again.WrittenSpan);
        if (IsSame(first.RootElement, second.RootElement))
        {
            return;
        }

        // A value that is another whenever it is looked at, a time for example, was not altered by being read.
        using var meanwhile = Parse(ToUtf8(value, contract).WrittenSpan);
        if (IsSame(first.RootElement, meanwhile.RootElement))
        {
            throw new NotSupportedException(
                $"Read again, it has another value{PlaceOf(first.RootElement, second.RootElement, contract)}: " +
                "what it is made with alters what it is given, and would do so with every resumption. " +
                "Let it be something that may run twice, or compute where the value is used.");
        }
    }

    private static JsonDocument Parse(ReadOnlySpan<byte> json) => JsonDocument.Parse(json.ToArray(), new() { MaxDepth = 1000 });

    /// <summary>Whether two values are the same, but for the order of what has none.</summary>
    private static bool IsSame(JsonElement one, JsonElement other) =>
        JsonElement.DeepEquals(one, other) || Canonical(one) == Canonical(other);

    /// <summary>A text that is the same for all orders.</summary>
    private static string Canonical(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => Sorted('{', value.EnumerateObject().Select(static m => $"{JsonEncodedText.Encode(m.Name)}:{Canonical(m.Value)}")),
        JsonValueKind.Array => Sorted('[', value.EnumerateArray().Select(Canonical)),
        _ => value.GetRawText(),
    };

    private static string Sorted(char kind, IEnumerable<string> parts) => kind + string.Join(',', parts.Order(StringComparer.Ordinal)) + '.';

    /// <summary>The member of an object in which two values differ. Further inside, a name may be a key, and as secret as a value.</summary>
    private static string PlaceOf(JsonElement one, JsonElement other, JsonTypeInfo contract)
    {
        if (contract.Kind != JsonTypeInfoKind.Object || one.ValueKind != JsonValueKind.Object || other.ValueKind != JsonValueKind.Object)
        {
            return "";
        }

        foreach (var member in one.EnumerateObject())
        {
            if (!other.TryGetProperty(member.Name, out var read) || !IsSame(member.Value, read))
            {
                return $" in '{member.Name}'";
            }
        }

        return "";
    }
}
