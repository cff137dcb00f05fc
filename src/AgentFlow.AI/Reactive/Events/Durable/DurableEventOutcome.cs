using System.Text.Json;
using System.Text.Json.Serialization;

namespace AgentFlow.AI;

/// <summary>What came of an event, as it is recorded.</summary>
/// <param name="Id">The event's id.</param>
/// <param name="Type">The name under which its type is registered.</param>
/// <param name="Key">What it was kept in order by; <see langword="null"/>: it was not.</param>
/// <param name="Status">What came of it.</param>
public sealed record DurableEventOutcome(string Id, string Type, string? Key, DurableEventStatus Status)
{
    /// <summary>What its handler answered; <see langword="null"/> if it answers nothing, or has failed.</summary>
    public JsonElement? Response { get; init; }

    /// <summary>Why it was not handled; <see langword="null"/>: it was.</summary>
    public DurableEventError? Error { get; init; }

    /// <summary>How often its handler was called by the worker that recorded this; 0 if it was not called.</summary>
    public int Attempts { get; init; }

    /// <summary>Whether it stands for no event, but for the end of the session: the lane goes on in its successor.</summary>
    [JsonInclude]
    internal bool IsEnd { get; init; }
}

/// <summary>Why an event was not handled.</summary>
/// <param name="Type">The full name of the exception's type.</param>
/// <param name="Message">Its message, at most 2,000 characters of it.</param>
public sealed record DurableEventError(string Type, string Message);
