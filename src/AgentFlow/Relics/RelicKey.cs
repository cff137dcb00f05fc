using System.Security.Cryptography;
using System.Text;

namespace AgentFlow;

/// <summary>Keys of relics: any text, of a bounded length.</summary>
internal static class RelicKey
{
    public const int MaxLength = 512;

    public static string Check(string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        return key.Length <= MaxLength ? key : throw new ArgumentException($"The key of a relic has at most {MaxLength} characters; this one has {key.Length}.", nameof(key));
    }

    /// <summary>A key is anybody's text, and never becomes a path: its hash does.</summary>
    public static string FileNameOf(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Check(key)))) + ".json";
}
