using Microsoft.Extensions.AI;

namespace AgentFlow.AI;

/// <summary>What goes into a cache, and what comes out of it.</summary>
internal static class CachedResponses
{
    /// <summary>A reply that broke off, or was withheld, may come whole the next time.</summary>
    public static bool IsWhole(ChatResponse response) =>
        (response.FinishReason is null || response.FinishReason == ChatFinishReason.Stop || response.FinishReason == ChatFinishReason.ToolCalls) && response.GetRefusal() is null;

    /// <summary>A copy that shares nothing that its reader might change, without the provider's own objects.</summary>
    public static ChatResponse Copy(ChatResponse response) => new([.. response.Messages.Select(static m => new ChatMessage(m.Role, [.. m.Contents]) { AuthorName = m.AuthorName, MessageId = m.MessageId })])
    {
        ResponseId = response.ResponseId,
        ModelId = response.ModelId,
        CreatedAt = response.CreatedAt,
        FinishReason = response.FinishReason,
        Usage = response.Usage,
    };

    /// <summary>A reply from the cache has used nothing.</summary>
    public static ChatResponse Free(ChatResponse response)
    {
        var copy = Copy(response);
        copy.Usage = new() { InputTokenCount = 0, OutputTokenCount = 0, TotalTokenCount = 0 };
        return copy;
    }
}
