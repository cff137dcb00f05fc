using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace AgentFlow.AI;

/// <summary>
/// A key, in every spelling in which an endpoint or a library may repeat it: as it is, in JSON, in a URL, in Base64. Texts are told without it, and exceptions that hold it anywhere are not kept.
/// </summary>
internal sealed class Secrets
{
    private const string Shown = "[key]";

    private readonly string[] _spellings;

    public Secrets(params IEnumerable<string?> secrets) =>
        _spellings = [.. secrets.Where(static secret => !string.IsNullOrEmpty(secret)).SelectMany(static secret => Spellings(secret!)).Distinct(StringComparer.Ordinal).OrderByDescending(static spelling => spelling.Length)];

    /// <summary>A text without them.</summary>
    public string Redact(string text)
    {
        foreach (var spelling in _spellings)
        {
            text = text.Replace(spelling, Shown, StringComparison.OrdinalIgnoreCase);
        }

        return text;
    }

    /// <summary>An exception, if neither its texts nor those of its causes hold one.</summary>
    public Exception? Kept(Exception? error) => error is not null && Redact(error.ToString()) == error.ToString() ? error : null;

    private static IEnumerable<string> Spellings(string secret)
    {
        yield return secret;
        yield return secret.Trim();
        yield return Uri.EscapeDataString(secret);
        yield return JsonEncodedText.Encode(secret).ToString();
        yield return JsonEncodedText.Encode(secret, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString();
        yield return Convert.ToBase64String(Encoding.UTF8.GetBytes(secret)).TrimEnd('=');
    }
}
