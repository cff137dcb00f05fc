using System.Buffers;
using System.Text.Json;
using AgentFlow.CompilerServices;

namespace AgentFlow;

/// <summary>Writes and reads the whole state of a run by name: the payload of a snapshot.</summary>
internal static class StateCodec
{
    public static void Write(Utf8JsonWriter writer, AgentRun run, AgentShape shape, SessionHistory history, int iteration, IReadOnlyList<SettledAction> settled, int started, RunUsage usage)
    {
        writer.WriteStartObject();
        writer.WriteString("shape", shape.ToString());
        writer.WriteString("durability", history.Durability.ToString());
        writer.WriteNumber("iteration", iteration);
        writer.WriteNumber("started", started);
        writer.WriteNumber("tokens", usage.Tokens);
        writer.WriteNumber("cost", usage.Cost);
        writer.WriteStartObject("inputs");
        for (var i = 0; i < shape.Inputs.Count; i++)
        {
            writer.WritePropertyName(shape.Inputs[i].Name);
            JsonSerializer.Serialize(writer, run.GetInput(i), run.InputJson(i));
        }

        writer.WriteEndObject();
        writer.WriteStartArray("settled");
        foreach (var action in settled)
        {
            writer.WriteStartObject();
            writer.WriteString("action", shape.Actions[action.Action].Name);
            writer.WriteString("status", action.Status.ToString());
            writer.WriteNumber("attempts", action.Attempts);
            if (action.Status == ActionStatus.Failed)
            {
                JournalCodec.WriteError(writer, action.Error!);
            }
            else if (action.Status == ActionStatus.Completed && run.OutputJson(action.Action) is { } contract)
            {
                writer.WritePropertyName("value");
                JsonSerializer.Serialize(writer, run.OutputOf(action.Action), contract);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        WritePrevious(writer, run, shape);
        writer.WriteEndObject();
    }

    /// <summary>Writes what was read of a session. A value can be read that its type refuses to write, but none was ever recorded.</summary>
    public static ArrayBufferWriter<byte> ToJson(string session, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        try
        {
            using var writer = new Utf8JsonWriter(buffer);
            write(writer);
        }
        catch (Exception e)
        {
            throw new DamagedSessionException(session, $"what is recorded cannot be written again: {e.Message}", e);
        }

        return buffer;
    }

    /// <summary>The state for people and tools: outputs, the tree of what ran, inputs and iteration, and what is open.</summary>
    public static void WriteDocument(Utf8JsonWriter writer, AgentRun run, AgentShape shape, SessionHistory history)
    {
        var settled = history.Settled(run.Iteration);
        writer.WriteStartObject();
        writer.WriteStartObject("memory");
        foreach (var action in settled)
        {
            if (action.Status == ActionStatus.Completed && run.OutputJson(action.Action) is { } contract)
            {
                writer.WritePropertyName(shape.Actions[action.Action].Name);
                JsonSerializer.Serialize(writer, run.OutputOf(action.Action), contract);
            }
        }

        writer.WriteEndObject();
        writer.WriteStartObject("execution_tree");
        foreach (var action in settled)
        {
            writer.WriteString(shape.Actions[action.Action].Name, action.Status.ToString());
        }

        writer.WriteEndObject();
        writer.WriteStartObject("registers");
        writer.WriteNumber("iteration", run.Iteration);
        for (var i = 0; i < shape.Inputs.Count; i++)
        {
            writer.WritePropertyName(shape.Inputs[i].Name);
            JsonSerializer.Serialize(writer, run.GetInput(i), run.InputJson(i));
        }

        writer.WriteEndObject();
        writer.WriteStartArray("call_stack");
        for (var i = 0; i < shape.Actions.Count; i++)
        {
            if (run.IsOpen(i))
            {
                writer.WriteStringValue(shape.Actions[i].Name);
            }
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WritePrevious(Utf8JsonWriter writer, AgentRun run, AgentShape shape)
    {
        var statuses = run.PreviousStatuses;
        if (statuses.IsEmpty)
        {
            return;
        }

        writer.WriteStartArray("previous");
        for (var i = 0; i < shape.Actions.Count; i++)
        {
            if (statuses[i] == ActionStatus.Waiting)
            {
                continue;
            }

            writer.WriteStartObject();
            writer.WriteString("action", shape.Actions[i].Name);
            writer.WriteString("status", statuses[i].ToString());
            if (statuses[i] == ActionStatus.Completed && run.OutputJson(i) is { } contract)
            {
                writer.WritePropertyName("value");
                JsonSerializer.Serialize(writer, run.GetPrevious(i), contract);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
