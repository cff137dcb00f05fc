using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI;

/// <summary>Values of tool calls as JSON text, without reflection: by the contracts that <see cref="AIJsonUtilities.DefaultOptions"/> has.</summary>
internal static class JsonText
{
    /// <summary>The text of a tool's result: strings as they are, anything else as JSON.</summary>
    public static string OfResult(object? result) => result as string ?? Of(result);

    /// <exception cref="NotSupportedException">The type of the value has no contract.</exception>
    public static string Of(object? value) => value switch
    {
        null => "null",
        JsonElement element => element.GetRawText(),
        JsonNode node => node.ToJsonString(),
        _ => JsonSerializer.Serialize(value, AIJsonUtilities.DefaultOptions.GetTypeInfo(value.GetType())),
    };

    /// <summary>Arguments as a JSON object.</summary>
    public static string Of(IDictionary<string, object?>? arguments)
    {
        var json = new JsonObject();
        foreach (var (name, value) in arguments ?? new Dictionary<string, object?>())
        {
            json[name] = JsonNode.Parse(Of(value));
        }

        return json.ToJsonString();
    }

    /// <summary>A JSON object as arguments; a call whose arguments are none carries the reason.</summary>
    public static FunctionCallContent ParseCall(string id, string name, string arguments)
    {
        try
        {
            using var json = JsonDocument.Parse(arguments.Length == 0 ? "{}" : arguments);
            return json.RootElement.ValueKind == JsonValueKind.Object
                ? new(id, name, ToDictionary(json.RootElement))
                : new(id, name) { Exception = new JsonException("The arguments are no JSON object.") };
        }
        catch (JsonException error)
        {
            return new(id, name) { Exception = error };
        }
    }

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
