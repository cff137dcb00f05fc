using System.Runtime.InteropServices;
using System.Text.Json;

namespace AgentFlow.Schemas;

/// <summary>Whether two values are equal as JSON Schema has it: numbers by their value, objects in any order. Spends steps of the visit.</summary>
internal static class SchemaEquality
{
    /// <summary>Compares two values.</summary>
    /// <returns><see langword="null"/> if the budget does not suffice.</returns>
    public static bool? AreEqual(JsonElement left, JsonElement right, ref SchemaVisit visit)
    {
        if (left.ValueKind != right.ValueKind)
        {
            return false;
        }

        switch (left.ValueKind)
        {
            case JsonValueKind.Number:
                return visit.TrySpend(1) ? JsonNumber.Compare(left, right) == 0 : null;
            case JsonValueKind.String:
                return visit.TrySpend(1 + (JsonMarshal.GetRawUtf8Value(left).Length / 64)) ? left.ValueEquals(right.GetString()) : null;
            case JsonValueKind.Array or JsonValueKind.Object:
                if (!visit.TryEnter())
                {
                    return null;
                }

                var areEqual = left.ValueKind == JsonValueKind.Array ? AreArraysEqual(left, right, ref visit) : AreObjectsEqual(left, right, ref visit);
                visit.Exit();
                return areEqual;
            default:
                return true;
        }
    }

    /// <summary>A number that equal values have in common. Texts hash by a secret of the process, so that nobody can make them collide.</summary>
    /// <returns><see langword="null"/> if the budget does not suffice.</returns>
    public static int? Hash(JsonElement value, ref SchemaVisit visit)
    {
        if (!visit.TryEnter())
        {
            return null;
        }

        int? hash = visit.TrySpend(JsonMarshal.GetRawUtf8Value(value).Length / 64) ? (int)value.ValueKind : null;
        switch (value.ValueKind)
        {
            case JsonValueKind.Number:
                hash = JsonNumber.Of(value).GetHashCode();
                break;
            case JsonValueKind.String:
                hash = value.GetString()!.GetHashCode(StringComparison.Ordinal);
                break;
            case JsonValueKind.Array:
                foreach (var item in value.EnumerateArray())
                {
                    hash = Hash(item, ref visit) is { } inner && hash is { } sofar ? HashCode.Combine(sofar, inner) : null;
                }

                break;
            case JsonValueKind.Object:
                foreach (var member in value.EnumerateObject())
                {
                    // In any order.
                    hash = Hash(member.Value, ref visit) is { } inner && hash is { } sofar ? sofar ^ HashCode.Combine(member.Name, inner) : null;
                }

                break;
        }

        visit.Exit();
        return hash;
    }

    private static bool? AreArraysEqual(JsonElement left, JsonElement right, ref SchemaVisit visit)
    {
        if (left.GetArrayLength() != right.GetArrayLength())
        {
            return false;
        }

        var others = right.EnumerateArray();
        foreach (var item in left.EnumerateArray())
        {
            others.MoveNext();
            if (AreEqual(item, others.Current, ref visit) is not true and var answer)
            {
                return answer;
            }
        }

        return true;
    }

    private static bool? AreObjectsEqual(JsonElement left, JsonElement right, ref SchemaVisit visit)
    {
        var count = left.GetPropertyCount();
        if (count != right.GetPropertyCount())
        {
            return false;
        }

        var others = right.EnumerateObject();
        foreach (var member in left.EnumerateObject())
        {
            others.MoveNext();
            var other = others.Current.Value;
            if (!others.Current.NameEquals(member.Name))
            {
                // A look-up goes through all members.
                if (!visit.TrySpend(1 + (count / 8)))
                {
                    return null;
                }

                if (!right.TryGetProperty(member.Name, out other))
                {
                    return false;
                }
            }

            if (AreEqual(member.Value, other, ref visit) is not true and var answer)
            {
                return answer;
            }
        }

        return true;
    }
}
