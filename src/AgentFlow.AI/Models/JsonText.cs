using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI;

/// <summary>
/// Values of tool calls as JSON text, without reflection: by the contracts that <see cref="AIJsonUtilities.DefaultOptions"/> has. Models read it, so nothing is escaped that JSON does not ask for.
/// </summary>
internal static class JsonText
{
    private const int EscapeLength = 6;

    /// <summary>The text of a tool's result: strings as they are, media by their names, anything else as JSON.</summary>
    public static string OfResult(object? result) => result switch
    {
        string text => text,
        JsonElement { ValueKind: JsonValueKind.String } element => Plain(element),
        AIContent content => OfContent(content),
        IEnumerable<AIContent> contents => string.Join('\n', contents.Select(OfContent)),
        _ => Of(result),
    };

    /// <exception cref="NotSupportedException">The type of the value has no contract.</exception>
    public static string Of(object? value) => value switch
    {
        null => "null",
        JsonElement element => Readable(element.GetRawText()),
        JsonNode node => Readable(node.ToJsonString()),
        _ => Readable(JsonSerializer.Serialize(value, AIJsonUtilities.DefaultOptions.GetTypeInfo(value.GetType()))),
    };

    /// <summary>Arguments as a JSON object.</summary>
    public static string Of(IDictionary<string, object?>? arguments)
    {
        var json = new JsonObject();
        foreach (var (name, value) in arguments ?? new Dictionary<string, object?>())
        {
            json[name] = JsonNode.Parse(Of(value));
        }

        return json.Count == 0 ? "{}" : Of((object)json);
    }

    /// <summary>
    /// A JSON object as arguments; a call whose arguments are none carries the reason. Some models write nothing, blanks or <c>null</c> where there are none to give.
    /// </summary>
    public static FunctionCallContent ParseCall(string id, string name, string? arguments)
    {
        if (string.IsNullOrWhiteSpace(arguments) || arguments.AsSpan().Trim() is "null")
        {
            return new(id, name, new Dictionary<string, object?>(StringComparer.Ordinal));
        }

        try
        {
            using var json = JsonDocument.Parse(arguments);
            return json.RootElement.ValueKind != JsonValueKind.Object ? new(id, name) { Exception = new JsonException("The arguments are no JSON object.") }
                : !Surrogates.AreWhole(json.RootElement) ? new(id, name) { Exception = Surrogates.Halved() }
                : new(id, name, ToDictionary(json.RootElement));
        }
        catch (JsonException error)
        {
            return new(id, name) { Exception = error };
        }
    }

    /// <summary>JSON in which no character is escaped that need not be: not <c>\u00fc</c>, nor the two halves of an emoji. Half a pair stays as it is.</summary>
    private static string Readable(string json)
    {
        if (!json.Contains("\\u", StringComparison.Ordinal))
        {
            return json;
        }

        var readable = new StringBuilder(json.Length);
        for (var i = 0; i < json.Length; i++)
        {
            if (json[i] != '\\')
            {
                readable.Append(json[i]);
            }
            else if (Unit(json, i) is not { } unit)
            {
                readable.Append(json, i, Math.Min(2, json.Length - i));
                i++;
            }
            else if (char.IsHighSurrogate(unit) && Unit(json, i + EscapeLength) is { } low && char.IsLowSurrogate(low))
            {
                readable.Append(unit).Append(low);
                i += (2 * EscapeLength) - 1;
            }
            else
            {
                _ = char.IsSurrogate(unit) || char.IsControl(unit) || unit is '"' or '\\' ? readable.Append(json, i, EscapeLength) : readable.Append(unit);
                i += EscapeLength - 1;
            }
        }

        return readable.ToString();
    }

    /// <summary>The UTF-16 unit that is spelt at a place, if one is.</summary>
    private static char? Unit(string json, int at) =>
        at + EscapeLength <= json.Length && json[at] == '\\' && json[at + 1] == 'u' && ushort.TryParse(json.AsSpan(at + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit) ? (char)unit : null;

    private static string Plain(JsonElement text)
    {
        try
        {
            return text.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return text.GetRawText(); // Half a surrogate pair, which no text can hold.
        }
    }

    /// <summary>Content as a text: media take more room than they say, and are named instead.</summary>
    private static string OfContent(AIContent content) => content switch
    {
        TextContent text => text.Text,
        TextReasoningContent reasoning => reasoning.Text,
        DataContent data => $"[{data.MediaType}, {data.Data.Length} bytes, not shown]",
        UriContent uri => $"[{uri.MediaType}: {uri.Uri}]",
        ErrorContent error => $"Error: {error.Message}",
        _ => $"[{content.GetType().Name}, not shown]",
    };

    private static Dictionary<string, object?> ToDictionary(JsonElement json)
    {
        var arguments = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var property in json.EnumerateObject())
        {
            arguments[property.Name] = property.Value.ValueKind == JsonValueKind.Null ? null : property.Value.Clone();
        }

        return arguments;
    }
}
