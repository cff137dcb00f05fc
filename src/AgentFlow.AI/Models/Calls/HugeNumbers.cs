using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace AgentFlow.AI;

/// <summary>
/// Numbers that are larger than a type of floating-point numbers holds. System.Text.Json reads <c>1e400</c> as an infinite double,
/// without a word.
/// </summary>
internal static class HugeNumbers
{
    /// <summary>Whether a number has become infinite when a value was read.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="json">What was read.</param>
    /// <param name="value">The value.</param>
    /// <param name="contract">What it was read by.</param>
    public static bool AreLost<T>(JsonElement json, T value, JsonTypeInfo<T> contract)
    {
        if (!Any(json, IsHuge))
        {
            return false;
        }

        try
        {
            return Any(JsonSerializer.SerializeToElement(value, contract), IsInfinity) && !Any(json, IsInfinity);
        }
        catch (ArgumentException)
        {
            // Without names for them, what is infinite cannot be written.
            return true;
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or InvalidOperationException)
        {
            // It can be read only: nobody knows.
            return false;
        }
    }

    private static bool IsHuge(JsonElement element) =>
        element.ValueKind == JsonValueKind.Number && !(element.TryGetDouble(out var number) && Math.Abs(number) <= float.MaxValue);

    private static bool IsInfinity(JsonElement element) =>
        element.ValueKind == JsonValueKind.String && (element.ValueEquals("Infinity"u8) || element.ValueEquals("-Infinity"u8));

    private static bool Any(JsonElement element, Predicate<JsonElement> isSo) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().Any(member => Any(member.Value, isSo)),
        JsonValueKind.Array => element.EnumerateArray().Any(item => Any(item, isSo)),
        _ => isSo(element),
    };
}
