using Microsoft.Extensions.AI;

namespace AgentFlow.Testing;

/// <summary>A request was made that the recording has no reply to, or no further one.</summary>
public sealed class NotRecordedException : InvalidOperationException
{
    private const int MessageLimit = 200;

    internal NotRecordedException(string path, string key, IReadOnlyList<ChatMessage> messages, bool wasRecorded)
        : base($"'{path}' has no {(wasRecorded ? "further reply" : "reply")} to the request {key[..12]}, whose last message is \"{Last(messages)}\". {(wasRecorded ? "It is asked more often than when it was recorded." : "Its messages, tools or options differ from what was recorded.")} Record it anew with RecordingChatClient.") =>
        Key = key;

    /// <summary>The hash of the request, as in the recording.</summary>
    public string Key { get; }

    private static string Last(IReadOnlyList<ChatMessage> messages)
    {
        var text = messages.Count > 0 ? messages[^1].Text : "";
        return text.Length <= MessageLimit ? text : text[..MessageLimit] + "…";
    }
}
