using System.Text.Json;
using System.Text.Json.Serialization;

namespace AgentFlow.AI;

/// <summary>How events on their way, and what comes of them, are written down.</summary>
[JsonSourceGenerationOptions(UseStringEnumConverter = true)]
[JsonSerializable(typeof(EventEnvelope))]
[JsonSerializable(typeof(DurableEventOutcome))]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(string[]))]
internal sealed partial class EventJson : JsonSerializerContext;
