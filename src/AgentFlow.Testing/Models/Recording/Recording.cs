using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AgentFlow.AI;
using Microsoft.Extensions.AI;

namespace AgentFlow.Testing;

/// <summary>The lines of a recording: <c>key</c> (the hash of the request), <c>request</c> (for people), <c>updates</c> (the reply as it came).</summary>
internal static class Recording
{
    /// <summary>Of one update: the contracts of Microsoft.Extensions.AI have no lists of them, and without reflection there are no others.</summary>
    private static readonly JsonTypeInfo<ChatResponseUpdate> Update = (JsonTypeInfo<ChatResponseUpdate>)AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(ChatResponseUpdate));

    /// <exception cref="NotSupportedException">The request cannot be told whole.</exception>
    public static string KeyOf(IReadOnlyList<ChatMessage> messages, ChatOptions? options) => RequestKey.Hash(messages, options, null)
        ?? throw new NotSupportedException("This request cannot be recorded or replayed: it continues a conversation that the provider keeps, or has content, tools or options of kinds that are not known here.");

    public static string Line(IReadOnlyList<ChatMessage> messages, ChatOptions? options, IEnumerable<ChatResponseUpdate> updates, SecretFilter filter)
    {
        var key = KeyOf(messages, options);
        var request = Encoding.UTF8.GetString(RequestKey.Canonical(messages, options, null)!.Value.Span);
        var reply = string.Join(',', updates.Select(static u => JsonSerializer.Serialize(Plain(u), Update).ReplaceLineEndings("")));
        return filter.Apply($$"""{"key":"{{key}}","request":{{request}},"updates":[{{reply}}]}""");
    }

    /// <exception cref="InvalidDataException">A line is not one of a recording.</exception>
    public static (string Key, List<ChatResponseUpdate> Updates) Parse(string line, string path, int number)
    {
        try
        {
            var json = JsonElement.Parse(line);
            return (json.GetProperty("key").GetString()!, [.. json.GetProperty("updates").EnumerateArray().Select(static u => u.Deserialize(Update) ?? throw new JsonException("An update is null."))]);
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new InvalidDataException($"Line {number} of '{path}' is no recorded reply: {error.Message} Record it anew.", error);
        }
    }

    /// <summary>Without the provider's own objects and additions, which may hold anything.</summary>
    private static ChatResponseUpdate Plain(ChatResponseUpdate update) => new(update.Role, update.Contents)
    {
        AuthorName = update.AuthorName,
        ResponseId = update.ResponseId,
        MessageId = update.MessageId,
        ModelId = update.ModelId,
        CreatedAt = update.CreatedAt,
        FinishReason = update.FinishReason,
    };
}
