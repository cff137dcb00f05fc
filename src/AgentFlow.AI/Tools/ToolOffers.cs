using Microsoft.Extensions.AI;

namespace AgentFlow.AI;

/// <summary>
/// Tools as they are offered to models: declarations that nobody can call. A client may have a layer that calls what it is offered (<c>UseFunctionInvocation</c>), or turns calls into requests for an
/// approval; what it did would not be recorded, and be done again.
/// </summary>
internal static class ToolOffers
{
    public static ChatOptions? Of(IReadOnlyList<AIFunction> tools) => tools.Count == 0 ? null : new() { Tools = [.. tools.Select(Declare)] };

    /// <summary>The calls of a reply that are to be made: not those that somebody between has made, or will.</summary>
    /// <exception cref="InvalidOperationException">A layer of the model's client asks for an approval, which nobody would be asked
    /// for.</exception>
    public static IEnumerable<FunctionCallContent> CallsOf(ChatResponse response)
    {
        var contents = response.Messages.SelectMany(static message => message.Contents).ToList();
        if (contents.Exists(static content => content is ToolApprovalRequestContent))
        {
            throw new InvalidOperationException(
                "A layer of the model's client (UseFunctionInvocation with tools of its own) asks for the approval of a call. Give tools to the agent alone: it asks, and records the answer.");
        }

        var answered = contents.OfType<FunctionResultContent>().Select(static result => result.CallId).ToHashSet(StringComparer.Ordinal);
        return contents.OfType<FunctionCallContent>().Where(call => !call.InformationalOnly && !(call.CallId is { Length: > 0 } id && answered.Contains(id)));
    }

    private static AITool Declare(AIFunction tool) => AIFunctionFactory.CreateDeclaration(tool.Name, tool.Description, tool.JsonSchema, tool.ReturnJsonSchema);
}
