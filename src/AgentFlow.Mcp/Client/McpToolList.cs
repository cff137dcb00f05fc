using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace AgentFlow.Mcp;

/// <summary>Reads a page of a server's tools, and leaves out those that can only be called as tasks: the SDK's type of a tool does not say which.</summary>
internal static class McpToolList
{
    private const int MaxShownName = 128;

    public static async Task<(IReadOnlyList<Tool> Tools, string? NextCursor)> ReadAsync(McpClient client, string? cursor, CancellationToken cancellationToken)
    {
        var request = new JsonRpcRequest
        {
            Method = RequestMethods.ToolsList,
            Params = JsonSerializer.SerializeToNode(new ListToolsRequestParams { Cursor = cursor }, McpJson.Of<ListToolsRequestParams>()),
        };
        JsonRpcResponse response;
        try
        {
            response = await client.SendRequestAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (InvalidDataException e)
        {
            // The message was too long, and the connection ended with it.
            throw new IOException(e.Message, e);
        }

        var tools = new List<Tool>();
        if (response.Result is not JsonObject result || result["tools"] is not JsonArray listed)
        {
            throw new InvalidDataException("The server's list of tools is malformed.");
        }

        foreach (var one in listed)
        {
            if (!IsTask(one) && Read(one) is { } tool)
            {
                tools.Add(tool);
            }
        }

        try
        {
            // Servers may have arguments repeated in headers; the SDK does that for the tools that it knows.
            client.AddKnownTools(tools);
        }
        catch (ArgumentException)
        {
            // A tool with annotations that it refuses is called without.
        }

        return (tools, result["nextCursor"] is JsonValue next && next.TryGetValue<string>(out var text) ? text : null);
    }

    private static Tool? Read(JsonNode? tool)
    {
        try
        {
            return tool.Deserialize(McpJson.Of<Tool>());
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException)
        {
            // The SDK's type refuses schemas of anything but objects, and the parser lets through texts with half of a character.
            throw new InvalidDataException($"A tool in the server's list is malformed{NameOf(tool)}. {e.Message}", e);
        }
    }

    private static string NameOf(JsonNode? tool)
    {
        try
        {
            return tool is JsonObject given && given["name"] is JsonValue name && name.TryGetValue<string>(out var text)
                ? $": '{McpResult.Bound(text, MaxShownName)}'"
                : "";
        }
        catch (InvalidOperationException)
        {
            return "";
        }
    }

    private static bool IsTask(JsonNode? tool) =>
        tool is JsonObject given && given["execution"] is JsonObject execution && execution["taskSupport"] is JsonValue support && support.TryGetValue<string>(out var text) && text == "required";
}
