using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace AgentFlow;

/// <summary>Keys of relics, any text of a bounded length; and how deep a relic is nested at most.</summary>
internal static class RelicKey
{
    public const int MaxLength = 512;

    public static string Check(string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        if (!WholeText.IsWhole(key))
        {
            // All such halves are one character in a file, so that one relic would take the place of another.
            throw new ArgumentException("The key of a relic has half of a surrogate pair, which is not a character.", nameof(key));
        }

        return key.Length <= MaxLength ? key : throw new ArgumentException($"The key of a relic has at most {MaxLength} characters; this one has {key.Length}.", nameof(key));
    }

    /// <summary>A key is anybody's text, and never becomes a path: its hash does.</summary>
    public static string FileNameOf(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Check(key)))) + ".json";

    /// <summary>Refuses a relic that could not be read again.</summary>
    public static void CheckDepth(JsonElement value)
    {
        if (RecordedJson.FindTooDeep(JsonMarshal.GetRawUtf8Value(value), RecordedJson.MaxDepth) is { } path)
        {
            throw new ArgumentException($"A relic is nested {RecordedJson.MaxDepth} levels deep at most; this one has more at {path}.", nameof(value));
        }
    }
}
