using System.Security.Cryptography;

namespace AgentFlow.Mcp;

/// <summary>Names of tools as providers of models take them: at most 64 letters, digits, underscores and hyphens.</summary>
internal static class McpToolName
{
    public const int MaxLength = 64;
    public const int MaxPrefixLength = 32;
    private const int HashLength = 8;

    public static bool IsPrefix(string? prefix) => prefix is { Length: <= MaxPrefixLength } && prefix.All(IsAllowed);

    /// <summary>The name as it is where it may be; else what may not be is replaced, and a hash keeps it apart from others.</summary>
    public static string Of(string prefix, string name)
    {
        var whole = prefix + name;
        if (whole.Length is > 0 and <= MaxLength && whole.All(IsAllowed))
        {
            return whole;
        }

        var hash = Convert.ToHexStringLower(SHA256.HashData(WholeText.BytesOf(name)))[..HashLength];
        var mended = string.Concat(whole.Select(static c => IsAllowed(c) ? c : '_').Take(MaxLength - HashLength - 1));
        return $"{mended}_{hash}";
    }

    private static bool IsAllowed(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '-';
}
