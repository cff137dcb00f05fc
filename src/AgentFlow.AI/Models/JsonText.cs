using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI;

/// <summary>
/// Values of tool calls as JSON text, without reflection: by the contracts that <see cref="AIJsonUtilities.DefaultOptions"/> has. Models read it, so nothing is escaped that JSON does not ask for.
/// </summary>
internal static class JsonText
{
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
        JsonElement element => ReadableJson.Of(element.GetRawText()),
        JsonNode node => ReadableJson.Of(node.ToJsonString()),
        _ => ReadableJson.Of(JsonSerializer.Serialize(value, AIJsonUtilities.DefaultOptions.GetTypeInfo(value.GetType()))),
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
            using var json = JsonDocument.Parse(arguments, new() { AllowDuplicateProperties = false });
            return json.RootElement.ValueKind != JsonValueKind.Object ? new(id, name) { Exception = new JsonException("The arguments are no JSON object.") }
                : !Surrogates.AreWhole(json.RootElement) ? new(id, name) { Exception = Surrogates.Halved() }
                : new(id, name, ToDictionary(json.RootElement));
        }
        catch (JsonException error)
        {
            return new(id, name) { Exception = error };
        }
        catch (Exception error) when (error is InvalidOperationException or ArgumentException)
        {
            return new(id, name) { Exception = Surrogates.Halved() }; // The name of a member has half of a pair.
        }
    }

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
