using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace AgentFlow.Mcp;

/// <summary>
/// What a connection was given and nobody should read: the values of headers, of environment variables, and what a URL holds beside its path. Servers repeat such things in their errors, and errors are
/// told to models and logs.
/// </summary>
internal sealed class McpSecrets
{
    private const int ShortestSecret = 6;

    private readonly string[] _values;

    private McpSecrets(IEnumerable<string?> values) =>
        _values = [.. values.OfType<string>().SelectMany(Spellings).Where(static value => value.Length >= ShortestSecret).Distinct(StringComparer.Ordinal).OrderByDescending(static value => value.Length)];

    public static McpSecrets Of(IClientTransport transport) => new(transport switch
    {
        StdioClientTransport stdio => SdkTransports.OptionsOf(stdio)?.EnvironmentVariables?.Values ?? [],
        HttpClientTransport http when SdkTransports.OptionsOf(http) is { } options =>
            [.. options.AdditionalHeaders?.Values ?? [], options.OAuth?.ClientSecret, options.Endpoint.UserInfo, options.Endpoint.Query.TrimStart('?'), .. HeadersOf(http)],
        _ => [],
    });

    /// <summary>The name of a connection as errors tell it; that of an address without what is secret in it.</summary>
    public static string NameOf(IClientTransport transport) =>
        Uri.TryCreate(transport.Name, UriKind.Absolute, out var uri) && (uri.UserInfo.Length > 0 || uri.Query.Length > 0)
            ? uri.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped)
            : transport.Name;

    /// <summary>A text without them.</summary>
    public string Redact(string text)
    {
        foreach (var value in _values)
        {
            text = text.Replace(value, "[redacted]", StringComparison.Ordinal);
        }

        return text;
    }

    /// <summary>An exception that holds none of them, in its texts and those of its causes; the type is kept as a word where it cannot be kept itself.</summary>
    public Exception Redact(Exception error)
    {
        var text = error.ToString();
        return Redact(text) == text ? error : new IOException($"{error.GetType().Name}: {Redact(error.Message)}");
    }

    private static IEnumerable<string?> HeadersOf(HttpClientTransport transport) =>
        SdkTransports.HttpClientOf(transport) is (true, { } client) ? client.DefaultRequestHeaders.NonValidated.SelectMany(static header => header.Value) : [];

    /// <summary>A header's value, and the token after its scheme: <c>Bearer abc</c>.</summary>
    private static IEnumerable<string> Spellings(string value)
    {
        yield return value;
        if (value.IndexOf(' ', StringComparison.Ordinal) is > 0 and var space)
        {
            yield return value[(space + 1)..];
        }
    }
}
