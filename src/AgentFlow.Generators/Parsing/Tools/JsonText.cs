using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace AgentFlow.Generators.Parsing;

/// <summary>A JSON object that is put together, its members in the order in which they were set.</summary>
internal sealed class JsonText
{
    private readonly List<KeyValuePair<string, string>> _members = [];

    public string? this[string name]
    {
        get => _members.FirstOrDefault(member => member.Key == name).Value;
        set
        {
            var at = _members.FindIndex(member => member.Key == name);
            if (value is null)
            {
                if (at >= 0)
                {
                    _members.RemoveAt(at);
                }
            }
            else if (at >= 0)
            {
                _members[at] = new(name, value);
            }
            else
            {
                _members.Add(new(name, value));
            }
        }
    }

    public static string Array(IEnumerable<string> elements) => $"[{string.Join(",", elements)}]";

    public static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>A string literal of JSON.</summary>
    public static string Quote(string text)
    {
        var quoted = new StringBuilder(text.Length + 2).Append('"');
        foreach (var c in text)
        {
            _ = c switch
            {
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append("\\\\"),
                '\n' => quoted.Append("\\n"),
                '\r' => quoted.Append("\\r"),
                '\t' => quoted.Append("\\t"),
                _ when c < ' ' || char.IsSurrogate(c) => quoted.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture)),
                _ => quoted.Append(c),
            };
        }

        return quoted.Append('"').ToString();
    }

    /// <summary>How many characters a string literal that <see cref="Quote"/> has made stands for.</summary>
    public static int LengthOf(string quoted)
    {
        var length = 0;
        for (var i = 1; i < quoted.Length - 1; i++)
        {
            if (quoted[i] == '\\')
            {
                var isSecondHalf = quoted[i + 1] == 'u' && IsLowSurrogate(quoted, i);
                i += quoted[i + 1] == 'u' ? 5 : 1;
                length -= isSecondHalf ? 1 : 0;
            }

            length++;
        }

        return length;
    }

    private static bool IsLowSurrogate(string quoted, int escape) =>
        char.IsLowSurrogate((char)int.Parse(quoted.Substring(escape + 2, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture));

    public override string ToString() => $"{{{string.Join(",", _members.Select(static member => $"{Quote(member.Key)}:{member.Value}"))}}}";
}
