using System.Runtime.InteropServices;
using System.Text.Json;

namespace AgentFlow.Schemas;

/// <summary>How many characters a text has as JSON Schema counts them: code points.</summary>
internal static class JsonTextLength
{
    /// <summary>Counts. Without escapes in the text nothing is allocated.</summary>
    public static int Of(JsonElement text)
    {
        var raw = JsonMarshal.GetRawUtf8Value(text);
        var count = 0;
        if (!raw.Contains((byte)'\\'))
        {
            // Every byte that continues no code point begins one; the quotes are none of it.
            foreach (var b in raw)
            {
                count += (b & 0xc0) == 0x80 ? 0 : 1;
            }

            return count - 2;
        }

        foreach (var _ in text.GetString()!.EnumerateRunes())
        {
            count++;
        }

        return count;
    }
}
