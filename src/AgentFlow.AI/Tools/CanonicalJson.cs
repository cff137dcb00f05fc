using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace AgentFlow.AI;

/// <summary>
/// JSON with one spelling for each value, after RFC 8785: members sorted by their names' UTF-16 units, no white space, strings escaped as little as
/// can be. Numbers are the exception: RFC 8785 rounds them to doubles, which would give different calls one spelling, so every digit is kept, and only
/// signs, zeros and exponents are brought to one form.
/// </summary>
internal static class CanonicalJson
{
    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Writes a value.</summary>
    /// <exception cref="ArgumentException">An object names a member twice: readers differ in which one counts.</exception>
    public static void Write(JsonElement value, IBufferWriter<byte> output)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                var members = value.EnumerateObject().OrderBy(static member => member.Name, StringComparer.Ordinal).ToList();
                output.Write("{"u8);
                for (var i = 0; i < members.Count; i++)
                {
                    if (i > 0)
                    {
                        if (members[i].Name == members[i - 1].Name)
                        {
                            throw new ArgumentException($"'{members[i].Name}' is given twice.", nameof(value));
                        }

                        output.Write(","u8);
                    }

                    WriteString(members[i].Name, output);
                    output.Write(":"u8);
                    Write(members[i].Value, output);
                }

                output.Write("}"u8);
                break;
            case JsonValueKind.Array:
                output.Write("["u8);
                var isFirst = true;
                foreach (var element in value.EnumerateArray())
                {
                    if (!isFirst)
                    {
                        output.Write(","u8);
                    }

                    isFirst = false;
                    Write(element, output);
                }

                output.Write("]"u8);
                break;
            case JsonValueKind.String:
                WriteString(value.GetString()!, output);
                break;
            case JsonValueKind.Number:
                WriteText(Number(value.GetRawText()), output);
                break;
            case JsonValueKind.True:
                output.Write("true"u8);
                break;
            case JsonValueKind.False:
                output.Write("false"u8);
                break;
            default:
                output.Write("null"u8);
                break;
        }
    }

    /// <summary>Writes a string.</summary>
    public static void WriteString(string text, IBufferWriter<byte> output)
    {
        var quoted = new StringBuilder(text.Length + 2).Append('"');
        foreach (var c in text)
        {
            _ = c switch
            {
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append("\\\\"),
                '\b' => quoted.Append("\\b"),
                '\f' => quoted.Append("\\f"),
                '\n' => quoted.Append("\\n"),
                '\r' => quoted.Append("\\r"),
                '\t' => quoted.Append("\\t"),
                < ' ' => quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => quoted.Append(c),
            };
        }

        WriteText(quoted.Append('"').ToString(), output);
    }

    /// <summary>The significant digits and a power of ten: 1, 1.0 and 10e-1 are all <c>1</c>; 120 and 1.2e2 are both <c>12e1</c>.</summary>
    private static string Number(string raw)
    {
        var isNegative = raw[0] == '-';
        var exponentAt = raw.AsSpan().IndexOfAny('e', 'E');
        var mantissa = raw[(isNegative ? 1 : 0)..(exponentAt < 0 ? raw.Length : exponentAt)];
        if (exponentAt >= 0 && raw.Length - exponentAt > 12)
        {
            // An exponent that no number needs stays as it is written.
            return raw;
        }

        var exponent = exponentAt < 0 ? 0L : long.Parse(raw.AsSpan(exponentAt + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        if (point >= 0)
        {
            exponent -= mantissa.Length - point - 1;
            mantissa = mantissa.Remove(point, 1);
        }

        var digits = mantissa.TrimStart('0');
        var significant = digits.TrimEnd('0');
        exponent += digits.Length - significant.Length;
        return significant.Length == 0 ? "0" : (isNegative ? "-" : "") + significant + (exponent == 0 ? "" : "e" + exponent.ToString(CultureInfo.InvariantCulture));
    }

    /// <exception cref="ArgumentException">The text has half a surrogate pair: it would be another text's bytes.</exception>
    private static void WriteText(string text, IBufferWriter<byte> output) => s_utf8.GetBytes(text, output);
}
