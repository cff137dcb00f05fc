using Microsoft.Extensions.AI;

namespace AgentFlow.AI;

/// <summary>What goes into a cache, and what comes out of it.</summary>
internal static class CachedResponses
{
    /// <summary>
    /// A reply that broke off, failed, was withheld, or says nothing and not that it is over, may come whole the next time.
    /// </summary>
    public static bool IsWhole(ChatResponse response)
    {
        var contents = response.Messages.SelectMany(static message => message.Contents).ToList();
        return (response.FinishReason == ChatFinishReason.Stop
                || response.FinishReason == ChatFinishReason.ToolCalls
                || (response.FinishReason is null && contents.Exists(static c => c is not (UsageContent or TextContent { Text: "" }))))
            && !contents.Exists(static content => content is ErrorContent)
            && response.GetRefusal() is null;
    }

    /// <summary>
    /// A copy that shares nothing that its reader might change, without the provider's own objects. Readers do: a layer that calls
    /// functions marks the calls as done, and a reply kept with the
    /// mark would have its calls skipped ever after.
    /// </summary>
    /// <returns>The copy; <see langword="null"/> if there is content of a kind that cannot be copied.</returns>
    public static ChatResponse? Copy(ChatResponse response)
    {
        var messages = new List<ChatMessage>(response.Messages.Count);
        foreach (var message in response.Messages)
        {
            if (Copy(message.Contents) is not { } contents)
            {
                return null;
            }

            messages.Add(new(message.Role, contents) { AuthorName = message.AuthorName, MessageId = message.MessageId });
        }

        return new(messages)
        {
            ResponseId = response.ResponseId,
            ModelId = response.ModelId,
            CreatedAt = response.CreatedAt,
            FinishReason = response.FinishReason,
            Usage = response.Usage,
        };
    }

    /// <summary>A copy of a part of a reply, as <see cref="Copy(ChatResponse)"/>.</summary>
    public static ChatResponseUpdate? Copy(ChatResponseUpdate update) => Copy(update.Contents) is not { } contents ? null : new(update.Role, contents)
    {
        AuthorName = update.AuthorName,
        MessageId = update.MessageId,
        ResponseId = update.ResponseId,
        ModelId = update.ModelId,
        CreatedAt = update.CreatedAt,
        FinishReason = update.FinishReason,
    };

    private static List<AIContent>? Copy(IList<AIContent> contents)
    {
        var copies = new List<AIContent>(contents.Count);
        foreach (var content in contents)
        {
            AIContent? copy = content switch
            {
                TextContent text => new TextContent(text.Text),
                TextReasoningContent reasoning => new TextReasoningContent(reasoning.Text) { ProtectedData = reasoning.ProtectedData },
                FunctionCallContent call => new FunctionCallContent(call.CallId, call.Name, call.Arguments is null ? null : new Dictionary<string, object?>(call.Arguments))
                {
                    Exception = call.Exception,
                    InformationalOnly = call.InformationalOnly,
                },
                FunctionResultContent result => new FunctionResultContent(result.CallId, result.Result) { Exception = result.Exception },
                ErrorContent error => new ErrorContent(error.Message) { ErrorCode = error.ErrorCode, Details = error.Details },
                DataContent data => new DataContent(data.Uri, data.MediaType) { Name = data.Name },
                UriContent uri => new UriContent(uri.Uri, uri.MediaType),
                UsageContent usage => new UsageContent(usage.Details),
                _ => null,
            };
            if (copy is null)
            {
                return null;
            }

            copies.Add(copy);
        }

        return copies;
    }

    /// <summary>A reply from the cache has used nothing.</summary>
    public static ChatResponse Free(ChatResponse response)
    {
        var copy = Copy(response)!; // What is kept was copied once.
        copy.Usage = new() { InputTokenCount = 0, OutputTokenCount = 0, TotalTokenCount = 0 };
        return copy;
    }
}
