using System.Globalization;
using System.Text;

namespace AgentFlow;

/// <summary>JSON as models read it.</summary>
internal static class ReadableJson
{
    private const int EscapeLength = 6;

    /// <summary>
    /// JSON in which no character is escaped that need not be: not <c>\u00fc</c>, nor the two halves of an emoji. Half a pair stays as it
    /// is.
    /// </summary>
    public static string Of(string json)
    {
        if (!json.Contains("\\u", StringComparison.Ordinal))
        {
            return json;
        }

        var readable = new StringBuilder(json.Length);
        for (var i = 0; i < json.Length; i++)
        {
            if (json[i] != '\\')
            {
                readable.Append(json[i]);
            }
            else if (Unit(json, i) is not { } unit)
            {
                readable.Append(json, i, Math.Min(2, json.Length - i));
                i++;
            }
            else if (char.IsHighSurrogate(unit) && Unit(json, i + EscapeLength) is { } low && char.IsLowSurrogate(low))
            {
                readable.Append(unit).Append(low);
                i += (2 * EscapeLength) - 1;
            }
            else
            {
                _ = char.IsSurrogate(unit) || char.IsControl(unit) || unit is '"' or '\\' ? readable.Append(json, i, EscapeLength) : readable.Append(unit);
                i += EscapeLength - 1;
            }
        }

        return readable.ToString();
    }

    /// <summary>The UTF-16 unit that is spelt at a place, if one is.</summary>
    private static char? Unit(string json, int at) =>
        at + EscapeLength <= json.Length && json[at] == '\\' && json[at + 1] == 'u' && ushort.TryParse(json.AsSpan(at + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit) ? (char)unit : null;
}
