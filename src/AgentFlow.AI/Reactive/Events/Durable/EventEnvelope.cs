using System.Text.Json;

namespace AgentFlow.AI;

/// <summary>An event on its way: how it is written down.</summary>
/// <param name="Id">Tells it from all others; a second one with its id is dropped.</param>
/// <param name="Type">The name under which its type is registered, never one of .NET. Empty: nothing more comes to this session of the lane.</param>
/// <param name="Key">What it is kept in order by; null: it is not.</param>
/// <param name="Body">The event; null: it has none.</param>
internal sealed record EventEnvelope(string Id, string Type, string? Key, JsonElement? Body)
{
    /// <summary>Whether nothing more comes.</summary>
    public bool IsEnd() => Type is "";

    /// <summary>Whether it says what it has to: it is read from what anybody may have signalled.</summary>
    public bool IsWhole() => Id is not null && Type is not null;

    public static EventEnvelope End { get; } = new("", "", null, null);
}
