using System.Text;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI;

/// <summary>How many tokens there are likely to be, where nobody counts them: one for four bytes of UTF-8, the rule of thumb that providers give for English.</summary>
internal static class TokenEstimate
{
    private const int BytesPerToken = 4;

    public static long Of(IEnumerable<ChatMessage> messages, ChatOptions? options = null) =>
        messages.Sum(static m => m.Contents.Sum(Of)) + Of(options?.Instructions) + (options?.Tools ?? []).Sum(Of);

    private static long Of(AIContent content) => content switch
    {
        TextContent text => Of(text.Text),
        TextReasoningContent reasoning => Of(reasoning.Text),
        FunctionCallContent call => Of(call.Name) + (call.Arguments?.Sum(static a => Of(a.Key) + Of(a.Value?.ToString())) ?? 0),
        FunctionResultContent result => Of(result.Result?.ToString()),
        _ => 0,
    };

    private static long Of(AITool tool) => Of(tool.Name) + Of(tool.Description) + Of((tool as AIFunctionDeclaration)?.JsonSchema.GetRawText());

    public static long Of(string? text) => text is null ? 0 : (Encoding.UTF8.GetByteCount(text) + BytesPerToken - 1) / BytesPerToken;
}
