using System.Buffers;
using System.Text.Json;
using AgentFlow.CompilerServices;

namespace AgentFlow;

/// <summary>Compares what a session was started with to what one is to be started with.</summary>
internal static class RecordedInput
{
    /// <summary>What differs between the session that is there and one that would be started.</summary>
    /// <param name="info">The session that is there.</param>
    /// <param name="created">The payload of its first record.</param>
    /// <param name="run">A run with the inputs of the other.</param>
    /// <param name="shape">The agent's shape.</param>
    /// <param name="codec">Reads what is recorded.</param>
    /// <param name="options">What the other is started with.</param>
    public static IReadOnlyList<string> Differences(SessionInfo info, JsonElement created, AgentRun run, AgentShape shape, JournalCodec codec, SessionOptions options)
    {
        var differences = new List<string>();
        var inputs = created.ValueKind == JsonValueKind.Object && created.TryGetProperty("inputs", out var found) ? found : default;
        for (var i = 0; i < shape.Inputs.Count; i++)
        {
            var input = shape.Inputs[i];
            if (inputs.ValueKind != JsonValueKind.Object || !inputs.TryGetProperty(input.Name, out var recorded) || !IsSame(recorded, i, run, input, codec))
            {
                differences.Add($"input '{input.Name}'");
            }
        }

        Compare("mode", info.Mode, options.Mode);
        Compare("trigger", JournalCodec.Text(created, "trigger"), options.Trigger);
        Compare("parent", info.Parent, options.Parent);
        return differences;

        void Compare(string what, string? before, string? now)
        {
            if (before != now)
            {
                differences.Add(what);
            }
        }
    }

    private static bool IsSame(JsonElement recorded, int index, AgentRun run, ShapeMember input, JournalCodec codec)
    {
        var contract = run.InputJson(index);
        var given = ToJson(run.GetInput(index));
        if (JsonElement.DeepEquals(recorded, given))
        {
            return true;
        }

        // A version that has added a member writes it as well: what is recorded is compared as this version understands it.
        try
        {
            return JsonElement.DeepEquals(ToJson(codec.ReadValue(recorded, contract, isNullable: true, $"Input '{input.Name}'", input.IsSensitive)), given);
        }
        catch (IncompatibleSessionException)
        {
            return false;
        }

        JsonElement ToJson(object? value)
        {
            var buffer = new ArrayBufferWriter<byte>();
            using (var writer = new Utf8JsonWriter(buffer))
            {
                JsonSerializer.Serialize(writer, value, contract);
            }

            var reader = new Utf8JsonReader(buffer.WrittenSpan);
            return JsonElement.ParseValue(ref reader);
        }
    }
}
