using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace AgentFlow.Testing;

/// <summary>Takes secrets out of JSON text: those that are known, and what looks like one.</summary>
internal sealed partial class SecretFilter(IEnumerable<string> secrets)
{
    private const string Replacement = "[secret]";

    /// <summary>As they are and as JSON writes them; longer ones first, so that no rest of one is left.</summary>
    private readonly string[] _known = [.. secrets.Where(static s => s.Length > 0).SelectMany(static s => new[] { s, JsonEncodedText.Encode(s).ToString(), JsonEncodedText.Encode(s, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString() }).Distinct().OrderByDescending(static s => s.Length)];

    public string Apply(string json)
    {
        foreach (var secret in _known)
        {
            json = json.Replace(secret, Replacement, StringComparison.Ordinal);
        }

        return Pattern().Replace(json, Replacement);
    }

    [GeneratedRegex(@"\bsk-[A-Za-z0-9_\-]{16,}|\bBearer\s+[A-Za-z0-9._~+/\-]{16,}=*|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{20,}|\bgithub_pat_[A-Za-z0-9_]{20,}|\bxox[abprs]-[A-Za-z0-9\-]{10,}|\bAIza[A-Za-z0-9_\-]{35}|\beyJ[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]+", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Pattern();
}
