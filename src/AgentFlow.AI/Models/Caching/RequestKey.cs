using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI;

/// <summary>
/// A request in a canonical form: equal requests, and only those, have equal text, whatever ids their tool calls were given. A request that cannot be told
/// whole (a conversation kept elsewhere, content or options of unknown kinds) has none.
/// </summary>
internal static class RequestKey
{
    /// <summary>The SHA-256 of the canonical form, in hexadecimal; <see langword="null"/> if there is none.</summary>
    public static string? Hash(IReadOnlyList<ChatMessage> messages, ChatOptions? options, string? defaultModel) =>
        Canonical(messages, options, defaultModel) is { } text ? Convert.ToHexStringLower(SHA256.HashData(text.Span)) : null;

    /// <summary>The canonical form as UTF-8 JSON; <see langword="null"/> if there is none.</summary>
    public static ReadOnlyMemory<byte>? Canonical(IReadOnlyList<ChatMessage> messages, ChatOptions? options, string? defaultModel)
    {
        if (options is { ConversationId: not null } or { ContinuationToken: not null } or { RawRepresentationFactory: not null } or { AllowBackgroundResponses: true })
        {
            return null;
        }

        try
        {
            var buffer = new ArrayBufferWriter<byte>();
            using var json = new Utf8JsonWriter(buffer);
            json.WriteStartObject();
            json.WriteString("model", options?.ModelId ?? defaultModel);
            var isWhole = WriteOptions(json, options) && WriteMessages(json, messages);
            json.WriteEndObject();
            json.Flush();
            return isWhole ? buffer.WrittenMemory : null;
        }
        catch (Exception e) when (e is NotSupportedException or JsonException or InvalidOperationException or ArgumentException)
        {
            return null; // A value without a JSON contract, one that holds itself or is nested too deep, half of a surrogate pair: the model can be asked all the same.
        }
    }

    /// <summary>Half of a surrogate pair is written as another character: two texts would be one.</summary>
    /// <exception cref="ArgumentException">There is one.</exception>
    private static string? Whole(string? text) => text is null || Surrogates.AreWhole(text) ? text : throw new ArgumentException("The text has half of a surrogate pair.", nameof(text));

    /// <summary>A value as JSON; one that has half of a surrogate pair as it is spelt, so that two such texts are two.</summary>
    private static string TextOf(object? value) =>
        value is JsonElement { ValueKind: not JsonValueKind.Undefined } json && json.GetRawText() is var raw && raw.Contains("\\ud", StringComparison.OrdinalIgnoreCase) ? raw : JsonText.Of(value);

    private static bool WriteMessages(Utf8JsonWriter json, IReadOnlyList<ChatMessage> messages)
    {
        var calls = new Dictionary<string, int>(StringComparer.Ordinal);
        json.WriteStartArray("messages");
        foreach (var message in messages)
        {
            json.WriteStartObject();
            json.WriteString("role", message.Role.Value);
            json.WriteString("author", Whole(message.AuthorName));
            json.WriteStartArray("contents");
            foreach (var content in message.Contents)
            {
                if (!WriteContent(json, content, calls))
                {
                    return false;
                }
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        return true;
    }

    private static bool WriteContent(Utf8JsonWriter json, AIContent content, Dictionary<string, int> calls)
    {
        json.WriteStartObject();
        switch (content)
        {
            case TextContent text:
                json.WriteString("text", Whole(text.Text));
                break;
            case TextReasoningContent reasoning:
                json.WriteString("reasoning", Whole(reasoning.Text));
                break;
            case DataContent data:
                json.WriteString("data", data.Uri);
                break;
            case UriContent uri:
                json.WriteString("uri", uri.Uri.OriginalString);
                json.WriteString("type", uri.MediaType);
                break;
            case ErrorContent error:
                json.WriteString("error", Whole(error.Message));
                json.WriteString("code", Whole(error.ErrorCode));
                break;
            case FunctionCallContent call:
                json.WriteString("call", Whole(call.Name));
                json.WriteNumber("id", Place(call.CallId));
                json.WriteStartObject("arguments");
                foreach (var (name, value) in (call.Arguments ?? new Dictionary<string, object?>()).OrderBy(static a => a.Key, StringComparer.Ordinal))
                {
                    json.WritePropertyName(name);
                    json.WriteRawValue(TextOf(value));
                }

                json.WriteEndObject();
                break;
            case FunctionResultContent result:
                json.WriteNumber("id", Place(result.CallId));
                json.WriteString("result", Whole(result.Exception?.Message ?? (result.Result as string ?? TextOf(result.Result))));
                break;
            case UsageContent:
                break;
            default:
                return false;
        }

        json.WriteEndObject();
        return true;

        // Providers make up the ids of calls anew each time: only which call a result belongs to is part of the request.
        int Place(string id) => calls.TryGetValue(id, out var place) ? place : calls[id] = calls.Count;
    }

    private static bool WriteOptions(Utf8JsonWriter json, ChatOptions? options)
    {
        if (options is null)
        {
            return true;
        }

        WriteString("instructions", options.Instructions);
        WriteNumber("temperature", options.Temperature);
        WriteNumber("topP", options.TopP);
        WriteNumber("topK", options.TopK);
        WriteNumber("frequencyPenalty", options.FrequencyPenalty);
        WriteNumber("presencePenalty", options.PresencePenalty);
        WriteNumber("seed", options.Seed);
        WriteNumber("maxOutputTokens", options.MaxOutputTokens);
        WriteString("reasoning", options.Reasoning is { } reasoning ? $"{reasoning.Effort}/{reasoning.Output}" : null);
        WriteString("parallelCalls", options.AllowMultipleToolCalls?.ToString());
        WriteString("toolMode", options.ToolMode is RequiredChatToolMode required ? "required " + required.RequiredFunctionName : options.ToolMode?.GetType().Name);
        foreach (var stop in options.StopSequences ?? [])
        {
            json.WriteString("stop", Whole(stop));
        }

        if (options.ResponseFormat is ChatResponseFormatJson format)
        {
            WriteString("format", "json " + format.SchemaName);
            WriteString("schema", format.Schema?.GetRawText());
        }
        else
        {
            WriteString("format", options.ResponseFormat?.GetType().Name);
        }

        foreach (var tool in options.Tools ?? [])
        {
            if (tool is not AIFunctionDeclaration function)
            {
                return false;
            }

            json.WriteStartObject("tool");
            json.WriteString("name", Whole(function.Name));
            json.WriteString("description", Whole(function.Description));
            json.WriteString("schema", function.JsonSchema.GetRawText());
            json.WriteEndObject();
        }

        foreach (var (name, value) in (options.AdditionalProperties ?? []).OrderBy(static p => p.Key, StringComparer.Ordinal))
        {
            json.WritePropertyName("+" + name);
            json.WriteRawValue(TextOf(value));
        }

        return true;

        void WriteString(string name, string? value)
        {
            if (value is not null)
            {
                json.WriteString(name, Whole(value));
            }
        }

        void WriteNumber(string name, double? value)
        {
            if (value is { } number)
            {
                json.WriteNumber(name, number);
            }
        }
    }
}
