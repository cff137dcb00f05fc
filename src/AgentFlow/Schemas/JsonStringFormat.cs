using System.Globalization;
using System.Text.Json;
using AgentFlow.CompilerServices;

namespace AgentFlow.Schemas;

/// <summary>The formats of strings that are checked: those that .NET's types are written in. Any other format is a remark, as JSON Schema has it.</summary>
internal static class JsonStringFormat
{
    /// <summary>Whether the text is in the format.</summary>
    public static bool Holds(string? format, JsonElement value) => format switch
    {
        "uuid" => value.TryGetGuid(out _),
        "date-time" => Moments.TryRead(value, out _, out _),
        "date" => DateOnly.TryParseExact(value.GetString(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        "time" => TimeOnly.TryParse(value.GetString(), CultureInfo.InvariantCulture, out _),
        "uri" => Uri.TryCreate(value.GetString(), UriKind.Absolute, out _),
        "uri-reference" => Uri.TryCreate(value.GetString(), UriKind.RelativeOrAbsolute, out _),
        "email" => IsEmail(value.GetString()!),
        "base64" => value.TryGetBytesFromBase64(out _),
        _ => true,
    };

    /// <summary>An example, which says more than the name.</summary>
    public static string Describe(string format) => format switch
    {
        "uuid" => "a UUID such as \"7d444840-9dc0-11d1-b245-5ffdce74fad2\"",
        "date-time" => "a date and time such as \"2025-03-01T12:30:00Z\"",
        "date" => "a date such as \"2025-03-01\"",
        "time" => "a time of day such as \"12:30:00\"",
        "uri" => "an absolute URI such as \"https://example.org/a\"",
        "uri-reference" => "a URI",
        "email" => "an e-mail address",
        "base64" => "a string in base64",
        _ => $"a string in the format '{format}'",
    };

    /// <summary>One <c>@</c>, and neither first nor last: what <c>EmailAddressAttribute</c> asks for.</summary>
    private static bool IsEmail(string text)
    {
        var at = text.IndexOf('@', StringComparison.Ordinal);
        return at > 0 && at < text.Length - 1 && at == text.LastIndexOf('@') && !text.AsSpan().ContainsAny('\r', '\n');
    }
}
