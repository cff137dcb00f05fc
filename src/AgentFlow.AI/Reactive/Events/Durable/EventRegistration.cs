using System.Text.Json;

namespace AgentFlow.AI;

/// <summary>How events of one type are written, read and handled.</summary>
/// <param name="Name">The name of the type in what is stored.</param>
/// <param name="Write">Writes an event.</param>
/// <param name="KeyOf">What it is kept in order by.</param>
/// <param name="Read">Reads an event; null if there is none.</param>
/// <param name="Handle">Handles it; null for no response.</param>
/// <param name="Options">How.</param>
internal sealed record EventRegistration(
    string Name,
    Func<object, JsonElement> Write,
    Func<object, string?> KeyOf,
    Func<JsonElement, object?> Read,
    Func<object, DurableEventContext, CancellationToken, ValueTask<JsonElement?>> Handle,
    DurableEventHandlerOptions Options);
