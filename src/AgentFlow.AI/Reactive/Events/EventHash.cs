using System.Security.Cryptography;

namespace AgentFlow.AI;

/// <summary>Hashes of ids and keys, the same in every process.</summary>
internal static class EventHash
{
    /// <summary>96 bits of SHA-256, as 16 characters.</summary>
    public static string Of(string id) => Convert.ToBase64String(SHA256.HashData(WholeText.BytesOf(id)).AsSpan(0, 12));

    /// <summary>FNV-1a over the characters, as keys spread over lanes by it: the same key has the same lane in every process, so that tests of one are tests of all.</summary>
    public static ulong OfKey(string key)
    {
        var hash = 14_695_981_039_346_656_037UL;
        foreach (var c in key)
        {
            hash = (hash ^ c) * 1_099_511_628_211UL;
        }

        return hash;
    }

    /// <summary>Which of so many lanes a key has.</summary>
    public static int LaneOf(string key, int lanes) => (int)(OfKey(key) % (ulong)lanes);
}
