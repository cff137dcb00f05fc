using System.Buffers;
using System.Text.Json;
using AgentFlow.CompilerServices;

namespace AgentFlow;

/// <summary>Writes and reads the whole state of a run by name: the payload of a snapshot.</summary>
internal static class StateCodec
{
    /// <summary>What stands for a sensitive value where people and tools read.</summary>
    public const string Withheld = "[sensitive]";

    /// <param name="writer">Where it is written.</param>
    /// <param name="run">The run.</param>
    /// <param name="shape">The shape of its agent.</param>
    /// <param name="history">What has happened.</param>
    /// <param name="iteration">The iteration that the state is of.</param>
    /// <param name="settled">What has settled in it.</param>
    /// <param name="started">How many attempts have started.</param>
    /// <param name="usage">What was spent.</param>
    /// <param name="withholds">Whether what is sensitive is left out.</param>
    /// <param name="codec">What knows the session from an earlier one of its id; see <see cref="JournalCodec.Life"/>. Null: that is left out.</param>
    public static void Write(
        Utf8JsonWriter writer,
        AgentRun run,
        AgentShape shape,
        SessionHistory history,
        int iteration,
        IReadOnlyList<SettledAction> settled,
        int started,
        RunUsage usage,
        bool withholds = false,
        JournalCodec? codec = null)
    {
        writer.WriteStartObject();
        if (codec is { Life.IsEmpty: false })
        {
            writer.WriteBase64String("life", codec.Life.Span);
            if (codec.IsSealedFromTheFirst)
            {
                writer.WriteBoolean("sealed", true);
            }
        }

        writer.WriteString("shape", shape.ToString());
        writer.WriteString("durability", history.Durability.ToString());
        writer.WriteNumber("iteration", iteration);
        writer.WriteNumber("started", started);
        writer.WriteNumber("tokens", usage.Tokens);
        writer.WriteNumber("cost", usage.Cost);
        if (history.TakenSignals is { Length: > 0 } signals)
        {
            writer.WriteStartArray("signals");
            foreach (var signal in signals)
            {
                writer.WriteStringValue(signal);
            }

            writer.WriteEndArray();
        }

        writer.WriteStartObject("inputs");
        for (var i = 0; i < shape.Inputs.Count; i++)
        {
            writer.WritePropertyName(shape.Inputs[i].Name);
            Write(writer, run.GetInput(i), run.InputJson(i), withholds && shape.Inputs[i].IsSensitive);
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
                WriteError(writer, shape, action, withholds);
            }
            else if (action.Status == ActionStatus.Completed && run.OutputJson(action.Action) is { } contract)
            {
                writer.WritePropertyName("value");
                Write(writer, run.OutputOf(action.Action), contract, withholds && shape.Actions[action.Action].IsSensitive);
            }

            WriteElementFailures(writer, run, action, withholds && shape.Actions[action.Action].IsSensitive);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        WriteFailed(writer, shape, [.. history.FailedBefore(iteration).Where(f => !run.IsTolerated(f.Action))], withholds);
        WritePrevious(writer, run, shape, withholds);
        writer.WriteEndObject();
    }

    /// <summary>Writes which elements an action was completed without: the records of them are not read any more.</summary>
    private static void WriteElementFailures(Utf8JsonWriter writer, AgentRun run, SettledAction action, bool withholds)
    {
        if (action.Status != ActionStatus.Completed || run.ElementFailuresOf(action.Action) is not { Count: > 0 } failures)
        {
            return;
        }

        writer.WriteStartArray("elements");
        foreach (var failure in failures)
        {
            writer.WriteStartObject();
            writer.WriteNumber("item", failure.Item!.Value);
            JournalCodec.WriteError(writer, withholds ? WithoutText(failure.InnerException!) : WithoutStack(failure.InnerException!));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
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
                Write(writer, run.OutputOf(action.Action), contract, shape.Actions[action.Action].IsSensitive);
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
            Write(writer, run.GetInput(i), run.InputJson(i), shape.Inputs[i].IsSensitive);
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

    /// <summary>What has failed in earlier iterations of an agent that goes on after failures.</summary>
    private static void WriteFailed(Utf8JsonWriter writer, AgentShape shape, SettledAction[] failed, bool withholds)
    {
        if (failed.Length == 0)
        {
            return;
        }

        writer.WriteStartArray("failed");
        foreach (var action in failed)
        {
            writer.WriteStartObject();
            writer.WriteString("action", shape.Actions[action.Action].Name);
            writer.WriteNumber("iteration", action.Iteration);
            writer.WriteNumber("attempts", action.Attempts);
            WriteError(writer, shape, action, withholds);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteError(Utf8JsonWriter writer, AgentShape shape, in SettledAction action, bool withholds) =>
        JournalCodec.WriteError(writer, withholds && shape.Actions[action.Action].IsSensitive ? WithoutText(action.Error!) : action.Error!);

    private static void WritePrevious(Utf8JsonWriter writer, AgentRun run, AgentShape shape, bool withholds)
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
                Write(writer, run.GetPrevious(i), contract, withholds && shape.Actions[i].IsSensitive);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    /// <summary>There may be many, and the journal has their stacks.</summary>
    private static RecordedException WithoutStack(Exception error) => new((error as RecordedException)?.Type ?? error.GetType().FullName!, error.Message, null);

    /// <summary>What an error is, without what it says.</summary>
    public static RecordedException WithoutText(Exception error) => new((error as RecordedException)?.Type ?? error.GetType().FullName!, Withheld, null);

    private static void Write(Utf8JsonWriter writer, object? value, System.Text.Json.Serialization.Metadata.JsonTypeInfo contract, bool withholds)
    {
        if (withholds)
        {
            writer.WriteStringValue(Withheld);
        }
        else
        {
            JsonSerializer.Serialize(writer, value, contract);
        }
    }
}
