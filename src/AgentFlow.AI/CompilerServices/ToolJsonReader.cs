using System.ComponentModel;
using System.Globalization;
using System.Text.Json;
using AgentFlow.AI;

namespace AgentFlow.CompilerServices;

/// <summary>
/// Reads values whose type says all that there is to say about them: as their schemas and their contracts do, or not at all. Whatever does not fit, and the
/// little that these leave to a contract, sets <c>fits</c> to <see langword="false"/>. For generated code.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class ToolJsonReader
{
    /// <inheritdoc cref="ToolValueReader{T}" />
    public static bool ReadBoolean(JsonElement json, ref bool fits)
    {
        fits &= json.ValueKind is JsonValueKind.True or JsonValueKind.False;
        return json.ValueKind == JsonValueKind.True;
    }

    /// <inheritdoc cref="ToolValueReader{T}" />
    public static byte ReadByte(JsonElement json, ref bool fits)
    {
        byte value = 0;
        fits &= json.ValueKind == JsonValueKind.Number && (json.TryGetByte(out value) || WholeNumbers.TryRead(json, out value));
        return value;
    }

    /// <inheritdoc cref="ToolValueReader{T}" />
    public static sbyte ReadSByte(JsonElement json, ref bool fits)
    {
        sbyte value = 0;
        fits &= json.ValueKind == JsonValueKind.Number && (json.TryGetSByte(out value) || WholeNumbers.TryRead(json, out value));
        return value;
    }

    /// <inheritdoc cref="ToolValueReader{T}" />
    public static short ReadInt16(JsonElement json, ref bool fits)
    {
        short value = 0;
        fits &= json.ValueKind == JsonValueKind.Number && (json.TryGetInt16(out value) || WholeNumbers.TryRead(json, out value));
        return value;
    }

    /// <inheritdoc cref="ToolValueReader{T}" />
    public static ushort ReadUInt16(JsonElement json, ref bool fits)
    {
        ushort value = 0;
        fits &= json.ValueKind == JsonValueKind.Number && (json.TryGetUInt16(out value) || WholeNumbers.TryRead(json, out value));
        return value;
    }

    /// <inheritdoc cref="ToolValueReader{T}" />
    public static int ReadInt32(JsonElement json, ref bool fits)
    {
        var value = 0;
        fits &= json.ValueKind == JsonValueKind.Number && (json.TryGetInt32(out value) || WholeNumbers.TryRead(json, out value));
        return value;
    }

    /// <inheritdoc cref="ToolValueReader{T}" />
    public static uint ReadUInt32(JsonElement json, ref bool fits)
    {
        uint value = 0;
        fits &= json.ValueKind == JsonValueKind.Number && (json.TryGetUInt32(out value) || WholeNumbers.TryRead(json, out value));
        return value;
    }

    /// <inheritdoc cref="ToolValueReader{T}" />
    public static long ReadInt64(JsonElement json, ref bool fits)
    {
        long value = 0;
        fits &= json.ValueKind == JsonValueKind.Number && (json.TryGetInt64(out value) || WholeNumbers.TryRead(json, out value));
        return value;
    }

    /// <inheritdoc cref="ToolValueReader{T}" />
    public static ulong ReadUInt64(JsonElement json, ref bool fits)
    {
        ulong value = 0;
        fits &= json.ValueKind == JsonValueKind.Number && (json.TryGetUInt64(out value) || WholeNumbers.TryRead(json, out value));
        return value;
    }

    /// <inheritdoc cref="ToolValueReader{T}" />
    public static float ReadSingle(JsonElement json, ref bool fits)
    {
        float value = 0;
        fits &= json.ValueKind == JsonValueKind.Number && json.TryGetSingle(out value) && float.IsFinite(value);
        return value;
    }

    /// <inheritdoc cref="ToolValueReader{T}" />
    public static double ReadDouble(JsonElement json, ref bool fits)
    {
        double value = 0;
        fits &= json.ValueKind == JsonValueKind.Number && json.TryGetDouble(out value) && double.IsFinite(value);
        return value;
    }

    /// <inheritdoc cref="ToolValueReader{T}" />
    public static decimal ReadDecimal(JsonElement json, ref bool fits)
    {
        decimal value = 0;
        fits &= json.ValueKind == JsonValueKind.Number && json.TryGetDecimal(out value);
        return value;
    }

    /// <inheritdoc cref="ToolValueReader{T}" />
    public static string ReadString(JsonElement json, ref bool fits)
    {
        if (json.ValueKind == JsonValueKind.String)
        {
            return json.GetString()!;
        }

        fits = false;
        return "";
    }

    /// <inheritdoc cref="ToolValueReader{T}" />
    public static char ReadChar(JsonElement json, ref bool fits)
    {
        var text = ReadString(json, ref fits);
        fits &= text.Length == 1;
        return fits ? text[0] : default;
    }

    /// <inheritdoc cref="ToolValueReader{T}" />
    public static Guid ReadGuid(JsonElement json, ref bool fits)
    {
        Guid value = default;
        fits &= json.ValueKind == JsonValueKind.String && json.TryGetGuid(out value);
        return value;
    }

    /// <inheritdoc cref="ToolValueReader{T}" />
    public static DateTime ReadDateTime(JsonElement json, ref bool fits)
    {
        fits &= Moments.TryReadDateTime(json, out var value);
        return value;
    }

    /// <inheritdoc cref="ToolValueReader{T}" />
    public static DateTimeOffset ReadDateTimeOffset(JsonElement json, ref bool fits)
    {
        fits &= Moments.TryRead(json, out var value, out _);
        return value;
    }

    /// <inheritdoc cref="ToolValueReader{T}" />
    public static DateOnly ReadDateOnly(JsonElement json, ref bool fits)
    {
        var text = ReadString(json, ref fits);
        fits &= DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var value);
        return value;
    }

    /// <inheritdoc cref="ToolValueReader{T}" />
    public static Uri ReadUri(JsonElement json, ref bool fits)
    {
        var text = ReadString(json, ref fits);
        fits &= Uri.TryCreate(text, UriKind.RelativeOrAbsolute, out var value);
        return value!;
    }

    /// <inheritdoc cref="ToolValueReader{T}" />
    public static byte[] ReadBytes(JsonElement json, ref bool fits)
    {
        byte[]? value = null;
        fits &= json.ValueKind == JsonValueKind.String && json.TryGetBytesFromBase64(out value);
        return value ?? [];
    }

    /// <summary>Reads a value of a struct, or <see langword="null"/>.</summary>
    /// <typeparam name="T">The struct.</typeparam>
    /// <param name="json">The value as JSON.</param>
    /// <param name="reader">Reads what is not null.</param>
    /// <param name="fits">Whether all has fitted so far.</param>
    public static T? ReadNullable<T>(JsonElement json, ToolValueReader<T> reader, ref bool fits)
        where T : struct
    {
        ArgumentNullException.ThrowIfNull(reader);
        return json.ValueKind == JsonValueKind.Null ? null : reader(json, ref fits);
    }

    /// <summary>Reads an object, or <see langword="null"/>.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="json">The value as JSON.</param>
    /// <param name="reader">Reads what is not null.</param>
    /// <param name="fits">Whether all has fitted so far.</param>
    public static T? ReadOrNull<T>(JsonElement json, ToolValueReader<T> reader, ref bool fits)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(reader);
        return json.ValueKind == JsonValueKind.Null ? null : reader(json, ref fits);
    }

    /// <summary>Reads an array.</summary>
    /// <typeparam name="T">The elements' type.</typeparam>
    /// <param name="json">The value as JSON.</param>
    /// <param name="reader">Reads an element.</param>
    /// <param name="fits">Whether all has fitted so far.</param>
    public static T[] ReadArray<T>(JsonElement json, ToolValueReader<T> reader, ref bool fits)
    {
        ArgumentNullException.ThrowIfNull(reader);
        if (json.ValueKind != JsonValueKind.Array)
        {
            fits = false;
            return [];
        }

        var values = json.GetArrayLength() is var length && length == 0 ? [] : new T[length];
        var index = 0;
        foreach (var item in json.EnumerateArray())
        {
            values[index++] = reader(item, ref fits);
            if (!fits)
            {
                break;
            }
        }

        return values;
    }

    /// <summary>Reads a list.</summary>
    /// <typeparam name="T">The elements' type.</typeparam>
    /// <param name="json">The value as JSON.</param>
    /// <param name="reader">Reads an element.</param>
    /// <param name="fits">Whether all has fitted so far.</param>
    public static List<T> ReadList<T>(JsonElement json, ToolValueReader<T> reader, ref bool fits)
    {
        ArgumentNullException.ThrowIfNull(reader);
        if (json.ValueKind != JsonValueKind.Array)
        {
            fits = false;
            return [];
        }

        var values = new List<T>(json.GetArrayLength());
        foreach (var item in json.EnumerateArray())
        {
            values.Add(reader(item, ref fits));
            if (!fits)
            {
                break;
            }
        }

        return values;
    }

    /// <summary>Reads an object whose members have any names. One that comes twice does not fit.</summary>
    /// <typeparam name="T">The values' type.</typeparam>
    /// <param name="json">The value as JSON.</param>
    /// <param name="reader">Reads a value.</param>
    /// <param name="fits">Whether all has fitted so far.</param>
    public static Dictionary<string, T> ReadDictionary<T>(JsonElement json, ToolValueReader<T> reader, ref bool fits)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var values = new Dictionary<string, T>();
        if (json.ValueKind != JsonValueKind.Object)
        {
            fits = false;
            return values;
        }

        foreach (var member in json.EnumerateObject())
        {
            var value = reader(member.Value, ref fits);
            fits &= values.TryAdd(member.Name, value);
            if (!fits)
            {
                break;
            }
        }

        return values;
    }

    /// <summary>Reads one of several names.</summary>
    /// <param name="json">The value as JSON.</param>
    /// <param name="names">The names, as UTF-8.</param>
    /// <param name="fits">Whether all has fitted so far.</param>
    /// <returns>The number of the name.</returns>
    public static int ReadName(JsonElement json, ReadOnlySpan<byte[]> names, ref bool fits)
    {
        if (json.ValueKind == JsonValueKind.String)
        {
            for (var i = 0; i < names.Length; i++)
            {
                if (json.ValueEquals(names[i]))
                {
                    return i;
                }
            }
        }

        fits = false;
        return -1;
    }
}
