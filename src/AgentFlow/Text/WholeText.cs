using System.Text;

namespace AgentFlow;

/// <summary>
/// Texts and the halves of surrogate pairs in them. A half is no character: UTF-8 has U+FFFD for each of them, so that texts which differ become one. Keys and hashes must not.
/// </summary>
internal static class WholeText
{
    /// <summary>Whether a text has no half of a surrogate pair.</summary>
    public static bool IsWhole(ReadOnlySpan<char> text)
    {
        while (text.IndexOfAnyInRange('\uD800', '\uDFFF') is >= 0 and var at)
        {
            if (at + 1 >= text.Length || !char.IsSurrogatePair(text[at], text[at + 1]))
            {
                return false;
            }

            text = text[(at + 2)..];
        }

        return true;
    }

    /// <summary>
    /// The bytes that a text is hashed by: UTF-8, and a half of a pair as the three bytes that its number would have. UTF-8 has no such bytes for any text, so different texts have different bytes.
    /// </summary>
    public static byte[] BytesOf(string text)
    {
        if (IsWhole(text))
        {
            return Encoding.UTF8.GetBytes(text);
        }

        var bytes = new List<byte>(text.Length * 3);
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogatePair(text, i))
            {
                bytes.AddRange(Encoding.UTF8.GetBytes(text, i++, 2));
            }
            else if (char.IsSurrogate(text[i]))
            {
                bytes.AddRange([(byte)(0xE0 | (text[i] >> 12)), (byte)(0x80 | ((text[i] >> 6) & 0x3F)), (byte)(0x80 | (text[i] & 0x3F))]);
            }
            else
            {
                bytes.AddRange(Encoding.UTF8.GetBytes(text, i, 1));
            }
        }

        return [.. bytes];
    }

    /// <summary>A text, or its beginning and an ellipsis if it is longer than a message may show. No surrogate pair is cut in half.</summary>
    /// <param name="text">The text.</param>
    /// <param name="length">How many characters of it are shown.</param>
    public static string Shorten(string text, int length) =>
        text.Length <= length ? text : string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[length - 1]) ? length - 1 : length), "…");
}
