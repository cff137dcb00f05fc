using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace AgentFlow.Mcp;

/// <summary>Answers requests whose parameters do not fit their method as such: otherwise the client learns only that there was an error.</summary>
internal static class McpMessageChecks
{
    /// <summary>What is said of a message that <see cref="IsAmbiguous"/>.</summary>
    public const string Ambiguous = "The message has a member twice. Send it once.";

    private static readonly JsonDocumentOptions s_unique = new() { AllowDuplicateProperties = false, MaxDepth = 1000 };

    public static McpMessageHandler Filter(McpMessageHandler next) => async (context, cancellationToken) =>
    {
        if (context.JsonRpcMessage is JsonRpcRequest { Params: { } given } && HasDuplicate(given))
        {
            // Readers differ in which of the two they take: what one has approved, another would do.
            throw new McpProtocolException("An object in the parameters has a member twice. Send it once.", McpErrorCode.InvalidParams);
        }

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
    /// Whether a message has a member of its own twice, its method for example: readers differ in which of the two they take.
    /// </summary>
    /// <param name="message">The message, which is JSON.</param>
    public static bool IsAmbiguous(ReadOnlySpan<byte> message)
    {
        var reader = new Utf8JsonReader(message, new JsonReaderOptions { MaxDepth = 1000 });
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                if (!names.Add(reader.GetString()!))
                {
                    return true;
                }

                reader.Skip();
            }
        }

        return false;
    }

    /// <summary>Which call a message cancels, if it does.</summary>
    public static RequestId? Cancelled(JsonRpcMessage message)
    {
        try
        {
            return message is JsonRpcNotification { Method: NotificationMethods.CancelledNotification, Params: { } parameters }
                ? parameters.Deserialize(McpJson.Of<CancelledNotificationParams>())?.RequestId
                : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>The tool that is called; null if its name cannot be read.</summary>
    public static string? NameOf(JsonRpcRequest call)
    {
        try
        {
            return (call.Params as JsonObject)?["name"]?.GetValue<string>();
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or FormatException)
        {
            return null;
        }
    }

    private static bool HasDuplicate(JsonNode parameters)
    {
        try
        {
            JsonElement.Parse(parameters.ToJsonString(), s_unique);
            return false;
        }
        catch (JsonException)
        {
            return true;
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            // It is no text. That is told by whatever reads it.
            return false;
        }
    }

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
