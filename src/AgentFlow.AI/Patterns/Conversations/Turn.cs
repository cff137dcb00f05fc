using Microsoft.Extensions.AI;

namespace AgentFlow.AI;

/// <summary>One message of a conversation with a model, as sessions record it: plain data, whatever the model's provider.</summary>
/// <param name="Role">Who speaks.</param>
/// <param name="Text">What is said.</param>
public sealed record Turn(TurnRole Role, string Text)
{
    /// <summary>The calls that a model asks for.</summary>
    public ToolCall[] Calls { get; init; } = [];

    /// <summary>What calls came to.</summary>
    public ToolResult[] Results { get; init; } = [];

    /// <summary>The message as clients of models take it.</summary>
    /// <returns>The message.</returns>
    public ChatMessage ToMessage()
    {
        var contents = new List<AIContent>();
        if (Text.Length > 0)
        {
            contents.Add(new TextContent(Text));
        }

        contents.AddRange(Calls.Select(static call => call.ToContent()));
        contents.AddRange(Results.Select(static result => new FunctionResultContent(result.CallId, result.Text)));
        return new ChatMessage(Role switch
        {
            TurnRole.System => ChatRole.System,
            TurnRole.Assistant => ChatRole.Assistant,
            TurnRole.Tool => ChatRole.Tool,
            _ => ChatRole.User,
        }, contents);
    }

    internal static Turn Of(ChatResponse response)
    {
        ToolCall[] calls = [.. ToolOffers.CallsOf(response).Select(ToolCall.Of)];
        var ids = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < calls.Length; i++)
        {
            // Some models give the same id twice, or none; results find their calls by it.
            if (string.IsNullOrEmpty(calls[i].Id) || !ids.Add(calls[i].Id))
            {
                calls[i] = calls[i] with { Id = $"{calls[i].Id}#{i}" };
                ids.Add(calls[i].Id);
            }
        }

        return new(TurnRole.Assistant, Surrogates.Mended(response.Text)) { Calls = calls };
    }
}

/// <summary>Who speaks in a conversation with a model.</summary>
public enum TurnRole
{
    /// <summary>The program.</summary>
    System,

    /// <summary>The person, or the agent on whose behalf the model works.</summary>
    User,

    /// <summary>The model.</summary>
    Assistant,

    /// <summary>The tools.</summary>
    Tool,
}
