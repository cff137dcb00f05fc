using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace AgentFlow.Mcp;

/// <summary>Answers requests whose parameters do not fit their method as such: otherwise the client learns only that there was an error.</summary>
internal static class McpMessageChecks
{
    public static McpMessageHandler Filter(McpMessageHandler next) => async (context, cancellationToken) =>
    {
        try
        {
            await next(context, cancellationToken).ConfigureAwait(false);
        }
        catch (JsonException e) when (context.JsonRpcMessage is JsonRpcRequest request)
        {
            var where = e.Path is { Length: > 0 } path ? " at " + path : "";
            throw new McpProtocolException($"The parameters do not fit '{request.Method}'{where}.", e, McpErrorCode.InvalidParams);
        }
        catch (InvalidOperationException e) when (context.JsonRpcMessage is JsonRpcRequest { Params: { } parameters } && !IsText(parameters))
        {
            const string Reason = "A text in the parameters has half of a character (a surrogate without the other).";
            throw new McpProtocolException(Reason, e, McpErrorCode.InvalidParams);
        }
    };

    /// <summary>
    /// Whether all names and texts are whole. The parser takes <c>\ud800</c>, which no text can hold, and makes texts only when they are read.
    /// </summary>
    private static bool IsText(JsonNode parameters)
    {
        try
        {
            parameters.ToJsonString();
            return true;
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            return false;
        }
    }
}
