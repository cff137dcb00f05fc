using Microsoft.Extensions.AI;

namespace AgentFlow.Testing;

/// <summary>A request that a scripted model was given.</summary>
/// <param name="Index">Its place among all requests of the script, from 0.</param>
/// <param name="Messages">The messages, as they were at the time of the request.</param>
/// <param name="Options">The options; <see langword="null"/> if there were none.</param>
/// <param name="IsStreaming">Whether the reply is streamed.</param>
public sealed record ScriptedRequest(int Index, IReadOnlyList<ChatMessage> Messages, ChatOptions? Options, bool IsStreaming)
{
    /// <summary>The text of the last message; empty if there is none.</summary>
    public string Text => Messages.Count > 0 ? Messages[^1].Text : "";
}
