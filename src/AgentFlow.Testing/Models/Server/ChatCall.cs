using System.Text.Json;
using Microsoft.Extensions.AI;

namespace AgentFlow.Testing;

/// <summary>A chat completion request, read from its JSON.</summary>
internal sealed record ChatCall(IReadOnlyList<ChatMessage> Messages, ChatOptions Options, bool Stream, bool IncludeUsage)
{
    /// <exception cref="KeyNotFoundException">A member is missing.</exception>
    /// <exception cref="InvalidOperationException">A member has another type.</exception>
    public static ChatCall Parse(JsonElement body) => new(
        [.. body.GetProperty("messages").EnumerateArray().Select(Message)],
        ReadOptions(body),
        body.TryGetProperty("stream", out var stream) && stream.GetBoolean(),
        body.TryGetProperty("stream_options", out var streamOptions) && streamOptions.TryGetProperty("include_usage", out var usage) && usage.GetBoolean());

    private static ChatMessage Message(JsonElement message)
    {
        var role = message.GetProperty("role").GetString() switch
        {
            "system" or "developer" => ChatRole.System,
            "user" => ChatRole.User,
            "assistant" => ChatRole.Assistant,
            "tool" => ChatRole.Tool,
            var other => throw new FormatException($"'{other}' is no role."),
        };
        var contents = new List<AIContent>();
        if (message.TryGetProperty("content", out var content))
        {
            contents.AddRange(Contents(content));
        }

        if (role == ChatRole.Tool)
        {
            contents = [new FunctionResultContent(message.GetProperty("tool_call_id").GetString()!, string.Concat(contents.OfType<TextContent>().Select(static t => t.Text)))];
        }

        if (message.TryGetProperty("tool_calls", out var calls))
        {
            contents.AddRange(calls.EnumerateArray().Select(ToolCall));
        }

        return new(role, contents);
    }

    private static IEnumerable<AIContent> Contents(JsonElement content) => content.ValueKind switch
    {
        JsonValueKind.Null => [],
        JsonValueKind.String => [new TextContent(content.GetString())],
        _ => content.EnumerateArray().Select(Part),
    };

    private static AIContent Part(JsonElement part) => part.GetProperty("type").GetString() switch
    {
        "text" => new TextContent(part.GetProperty("text").GetString()),
        "refusal" => new TextContent(part.GetProperty("refusal").GetString()),
        "image_url" when part.GetProperty("image_url").GetProperty("url").GetString() is { } url =>
            url.StartsWith("data:", StringComparison.Ordinal) ? new DataContent(url) : new UriContent(url, "image/*"),
        var other => throw new FormatException($"A part of type '{other}' is not supported."),
    };

    private static FunctionCallContent ToolCall(JsonElement call)
    {
        var function = call.GetProperty("function");
        return new ScriptedToolCall(function.GetProperty("name").GetString()!, function.GetProperty("arguments").GetString()!).ToContent(call.GetProperty("id").GetString()!);
    }

    private static ChatOptions ReadOptions(JsonElement body)
    {
        var options = new ChatOptions { ModelId = body.GetProperty("model").GetString() };
        if (body.TryGetProperty("temperature", out var temperature))
        {
            options.Temperature = temperature.GetSingle();
        }

        if (body.TryGetProperty("top_p", out var topP))
        {
            options.TopP = topP.GetSingle();
        }

        if (body.TryGetProperty("seed", out var seed))
        {
            options.Seed = seed.GetInt64();
        }

        if (body.TryGetProperty("max_completion_tokens", out var limit) || body.TryGetProperty("max_tokens", out limit))
        {
            options.MaxOutputTokens = limit.GetInt32();
        }

        if (body.TryGetProperty("stop", out var stop))
        {
            options.StopSequences = stop.ValueKind == JsonValueKind.String ? [stop.GetString()!] : [.. stop.EnumerateArray().Select(static s => s.GetString()!)];
        }

        if (body.TryGetProperty("tools", out var tools))
        {
            options.Tools = [.. tools.EnumerateArray().Select(static t => Tool(t.GetProperty("function")))];
        }

        if (body.TryGetProperty("response_format", out var format))
        {
            options.ResponseFormat = Format(format);
        }

        return options;
    }

    private static AIFunctionDeclaration Tool(JsonElement function) => AIFunctionFactory.CreateDeclaration(
        function.GetProperty("name").GetString()!,
        function.TryGetProperty("description", out var description) ? description.GetString() : null,
        function.TryGetProperty("parameters", out var parameters) ? parameters : JsonElement.Parse("{}"));

    private static ChatResponseFormat Format(JsonElement format) => format.GetProperty("type").GetString() switch
    {
        "json_schema" when format.GetProperty("json_schema") is var schema => ChatResponseFormat.ForJsonSchema(
            schema.GetProperty("schema"),
            schema.GetProperty("name").GetString(),
            schema.TryGetProperty("description", out var description) ? description.GetString() : null),
        "json_object" => ChatResponseFormat.Json,
        _ => ChatResponseFormat.Text,
    };
}
