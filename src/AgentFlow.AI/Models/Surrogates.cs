using System.Globalization;
using System.Text;
using System.Text.Json;

namespace AgentFlow.AI;

/// <summary>
/// Halves of surrogate pairs. Models cut characters in two, JSON can spell the halves, and nothing that reads them as text or writes them as UTF-8 can take them: they are found before.
/// </summary>
internal static class Surrogates
{
    private const int EscapeLength = 6;

    public static JsonException Halved() => new("A text in the arguments has half of a surrogate pair (\\ud800 to \\udfff), which is no character.");

    /// <summary>A text in which each half is replaced by U+FFFD.</summary>
    public static string Mended(string text) => AreWhole(text) ? text : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    /// <summary>Whether all values of a call are texts, and what JSON has beside them.</summary>
    public static bool AreWhole(IEnumerable<KeyValuePair<string, object?>>? arguments)
    {
        foreach (var (name, value) in arguments ?? [])
        {
            if (!AreWhole(name) || !(value switch { string text => AreWhole(text), JsonElement element => AreWhole(element), null => true, _ => AreWritable(value) }))
            {
                return false;
            }
        }

        return true;
    }

    public static bool AreWhole(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Undefined)
        {
            return true;
        }

        var raw = element.GetRawText();
        for (var i = raw.IndexOf('\\', StringComparison.Ordinal); i >= 0 && i < raw.Length; i = raw.IndexOf('\\', i))
        {
            if (Unit(raw, i) is not { } unit)
            {
                i += 2; // Another escape: its second character does not begin one.
                continue;
            }

            if (char.IsLowSurrogate(unit) || (char.IsHighSurrogate(unit) && !(Unit(raw, i + EscapeLength) is { } next && char.IsLowSurrogate(next))))
            {
                return false;
            }

            i += char.IsHighSurrogate(unit) ? 2 * EscapeLength : EscapeLength;
            if (i >= raw.Length)
            {
                break;
            }
        }

        return AreWhole(raw);
    }

    public static bool AreWhole(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogate(text[i]) && !(char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[++i])))
            {
                return false;
            }
        }

        return true;
    }

    private static bool AreWritable(object value)
    {
        try
        {
            return AreWhole(JsonValues.ToElement(value));
        }
        catch (NotSupportedException)
        {
            return true; // A value of .NET: the tool itself has to say.
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>The UTF-16 unit that is spelt at a place, if one is.</summary>
    private static char? Unit(string raw, int at) =>
        at + EscapeLength <= raw.Length && raw[at] == '\\' && raw[at + 1] == 'u' && ushort.TryParse(raw.AsSpan(at + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit) ? (char)unit : null;
}
