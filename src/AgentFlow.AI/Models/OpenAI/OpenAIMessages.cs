using System.Text.Json;
using Microsoft.Extensions.AI;
using OpenAI.Chat;
using ChatMessage = Microsoft.Extensions.AI.ChatMessage;
using ChatResponseFormat = Microsoft.Extensions.AI.ChatResponseFormat;
using Wire = OpenAI.Chat;

namespace AgentFlow.AI;

/// <summary>Messages and options, as the package has them.</summary>
internal static class OpenAIMessages
{
    public static List<Wire.ChatMessage> Convert(IEnumerable<ChatMessage> messages, ChatOptions? options)
    {
        var converted = new List<Wire.ChatMessage>();
        if (!string.IsNullOrWhiteSpace(options?.Instructions))
        {
            converted.Add(new SystemChatMessage(options.Instructions));
        }

        foreach (var message in Pairing.Repair(messages))
        {
            Convert(message, converted);
        }

        return converted;
    }

    public static ChatCompletionOptions Convert(ChatOptions? options)
    {
        var converted = new ChatCompletionOptions();
        if (options is null)
        {
            return converted;
        }

        if (options.ConversationId is not null || options.ContinuationToken is not null || options.AllowBackgroundResponses is true)
        {
            throw new NotSupportedException("Chat completions keep no conversation at the endpoint: ConversationId, ContinuationToken and AllowBackgroundResponses cannot be used. Send the messages themselves.");
        }

        converted.Temperature = options.Temperature;
        converted.TopP = options.TopP;
        converted.FrequencyPenalty = options.FrequencyPenalty;
        converted.PresencePenalty = options.PresencePenalty;
        converted.MaxOutputTokenCount = options.MaxOutputTokens;
#pragma warning disable OPENAI001, SCME0001 // Marked as subject to change in the package, and part of the protocol for years.
        converted.Seed = options.Seed;
        if (options.ModelId is { } model)
        {
            converted.Patch.Set("$.model"u8, model);
        }

        if (options.TopK is { } topK)
        {
            converted.Patch.Set("$.top_k"u8, topK);
        }

        converted.ReasoningEffortLevel = options.Reasoning?.Effort switch
        {
            null => (ChatReasoningEffortLevel?)null,
            ReasoningEffort.None => new ChatReasoningEffortLevel("none"),
            ReasoningEffort.Low => new ChatReasoningEffortLevel("low"),
            ReasoningEffort.Medium => new ChatReasoningEffortLevel("medium"),
            ReasoningEffort.High => new ChatReasoningEffortLevel("high"),
            _ => new ChatReasoningEffortLevel("xhigh"),
        };
#pragma warning restore OPENAI001, SCME0001
        foreach (var stop in options.StopSequences ?? [])
        {
            converted.StopSequences.Add(stop);
        }

        converted.ResponseFormat = options.ResponseFormat switch
        {
            null => null,
            ChatResponseFormatText => Wire.ChatResponseFormat.CreateTextFormat(),
            ChatResponseFormatJson { Schema: { } schema } json => Convert(json, schema),
            ChatResponseFormatJson => Wire.ChatResponseFormat.CreateJsonObjectFormat(),
            var other => throw new NotSupportedException($"The response format {other.GetType().Name} is not supported. Use {nameof(ChatResponseFormat)}.Text, Json or ForJsonSchema."),
        };
        AddTools(converted, options);
        return converted;
    }

    /// <summary>Strict where the schema can be said strictly: an endpoint refuses one that claims it and is not.</summary>
    private static Wire.ChatResponseFormat Convert(ChatResponseFormatJson format, JsonElement schema)
    {
        var strict = StrictSchema.Of(schema);
        return Wire.ChatResponseFormat.CreateJsonSchemaFormat(format.SchemaName ?? "reply", BinaryData.FromString((strict ?? schema).GetRawText()), format.SchemaDescription, jsonSchemaIsStrict: strict is not null);
    }

    private static void AddTools(ChatCompletionOptions converted, ChatOptions options)
    {
        foreach (var tool in options.Tools ?? [])
        {
            converted.Tools.Add(tool is AIFunctionDeclaration function
                ? ChatTool.CreateFunctionTool(function.Name, function.Description, BinaryData.FromString(function.JsonSchema.GetRawText()))
                : throw new NotSupportedException($"The tool '{tool.Name}' ({tool.GetType().Name}) is no function. Chat completions only take tools that are an AIFunctionDeclaration."));
        }

        // The endpoint refuses a choice where there is nothing to choose from.
        if (converted.Tools.Count == 0)
        {
            return;
        }

        converted.AllowParallelToolCalls = options.AllowMultipleToolCalls;
        converted.ToolChoice = options.ToolMode switch
        {
            null => null,
            AutoChatToolMode => ChatToolChoice.CreateAutoChoice(),
            NoneChatToolMode => ChatToolChoice.CreateNoneChoice(),
            RequiredChatToolMode { RequiredFunctionName: { } name } => ChatToolChoice.CreateFunctionChoice(name),
            _ => ChatToolChoice.CreateRequiredChoice(),
        };
    }

    private static void Convert(ChatMessage message, List<Wire.ChatMessage> converted)
    {
        if (message.Role == ChatRole.System || message.Role.Value == "developer")
        {
            converted.Add(new SystemChatMessage(Parts(message)));
        }
        else if (message.Role == ChatRole.User)
        {
            converted.Add(new UserChatMessage(Parts(message)) { ParticipantName = message.AuthorName });
        }
        else if (message.Role == ChatRole.Tool)
        {
            foreach (var content in message.Contents)
            {
                converted.Add(content is FunctionResultContent result
                    ? new ToolChatMessage(result.CallId, result.Exception is { } error && result.Result is null ? $"Error: {error.Message}" : JsonText.OfResult(result.Result))
                    : throw Unsupported(message, content));
            }
        }
        else if (message.Role == ChatRole.Assistant)
        {
            converted.Add(Assistant(message));
        }
        else
        {
            throw new NotSupportedException($"The role '{message.Role}' is not supported. Use system, user, assistant or tool.");
        }
    }

    private static AssistantChatMessage Assistant(ChatMessage message)
    {
        var calls = message.Contents.OfType<FunctionCallContent>().Select(static c => ChatToolCall.CreateFunctionToolCall(c.CallId, c.Name, BinaryData.FromString(JsonText.Of(c.Arguments)))).ToList();
        var parts = Parts(message);
        if (calls.Count == 0)
        {
            return new(parts.Count > 0 ? parts : [ChatMessageContentPart.CreateTextPart("")]);
        }

        var converted = new AssistantChatMessage(calls);
        foreach (var part in parts)
        {
            converted.Content.Add(part);
        }

        return converted;
    }

    private static List<ChatMessageContentPart> Parts(ChatMessage message)
    {
        var parts = new List<ChatMessageContentPart>();
        foreach (var content in message.Contents)
        {
            switch (content)
            {
                case TextContent text:
                    parts.Add(ChatMessageContentPart.CreateTextPart(text.Text));
                    break;
                case DataContent data when data.HasTopLevelMediaType("image"):
                    parts.Add(ChatMessageContentPart.CreateImagePart(BinaryData.FromBytes(data.Data), data.MediaType));
                    break;
                case UriContent uri when uri.HasTopLevelMediaType("image"):
                    parts.Add(ChatMessageContentPart.CreateImagePart(uri.Uri));
                    break;
                case ErrorContent { ErrorCode: OpenAIChatClient.RefusalCode } refusal when message.Role == ChatRole.Assistant:
                    parts.Add(ChatMessageContentPart.CreateRefusalPart(refusal.Message));
                    break;
                case FunctionCallContent when message.Role == ChatRole.Assistant:
                case TextReasoningContent or UsageContent:
                    break; // Calls are told apart; thoughts and usage are the provider's own, and not sent back.
                default:
                    throw Unsupported(message, content);
            }
        }

        return parts;
    }

    private static NotSupportedException Unsupported(ChatMessage message, AIContent content) =>
        new($"A {content.GetType().Name} in a message of the role '{message.Role}' is not supported. Text and images are, tool calls of the assistant, and tool results of the role 'tool'.");
}
