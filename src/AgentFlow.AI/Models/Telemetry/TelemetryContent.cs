using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI;

/// <summary>Messages as the conventions write them: a role, and parts by type.</summary>
internal static class TelemetryContent
{
    public static string Of(IEnumerable<ChatMessage> messages, ChatFinishReason? finishReason, int limit)
    {
        var json = new JsonArray();
        foreach (var message in messages)
        {
            var parts = new JsonArray([.. message.Contents.Select(Part).OfType<JsonNode>()]);
            var node = new JsonObject { ["role"] = message.Role.Value, ["parts"] = parts };
            if (finishReason is { } reason)
            {
                node["finish_reason"] = reason.Value;
            }

            json.Add((JsonNode)node);
        }

        var text = json.ToJsonString();
        return text.Length <= limit ? text : text[..limit] + "…";
    }

    private static JsonObject? Part(AIContent content) => content switch
    {
        TextContent text => new() { ["type"] = "text", ["content"] = text.Text },
        TextReasoningContent reasoning => new() { ["type"] = "reasoning", ["content"] = reasoning.Text },
        FunctionCallContent call => new() { ["type"] = "tool_call", ["id"] = call.CallId, ["name"] = call.Name, ["arguments"] = JsonNode.Parse(JsonText.Of(call.Arguments)) },
        FunctionResultContent result => new() { ["type"] = "tool_call_response", ["id"] = result.CallId, ["response"] = JsonText.OfResult(result.Result) },
        _ => null,
    };
}
