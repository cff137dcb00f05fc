using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AgentFlow.CompilerServices;

namespace AgentFlow;

/// <summary>
/// Writes and reads what records say: JSON by name, sealed. It is closed: values are read by the generated contracts of the agent, and no
/// type is named in what is stored. What it writes is a draft: it is sealed when its place in the journal is known.
/// </summary>
internal sealed partial class JournalCodec(string session, string agent, int maxPayload, PayloadEncryption? encryption, SessionLineage? lineage = null)
{
    /// <summary>Larger payloads are recorded and counted: they are usually better kept elsewhere.</summary>
    private const int LargePayload = 256 << 10;

    /// <summary>
    /// The most characters that are kept of an error's type, message and stack. What says how a session ended must always fit, whatever the limit of payloads.
    /// </summary>
    private const int MaxErrorType = 512;
    private const int MaxErrorMessage = 8 << 10;
    private const int MaxErrorStack = 16 << 10;
    private const int MaxError = 256 << 10;

    public JournalRecord Created(AgentRun run, AgentShape shape, SessionOptions options)
    {
        return Draft(new() { Kind = JournalKind.Created }, "The input", wrapping: 2, write: writer =>
        {
            writer.WriteString("shape", shape.ToString());
            writer.WriteString("durability", options.Durability.ToString());
            if (options.Trigger is not null)
            {
                writer.WriteString("trigger", options.Trigger);
            }

            writer.WriteStartObject("inputs");
            for (var i = 0; i < shape.Inputs.Count; i++)
            {
                writer.WritePropertyName(shape.Inputs[i].Name);
                Write(writer, run.GetInput(i), run.InputJson(i));
            }

            writer.WriteEndObject();
        });
    }

    public JournalRecord Outcome(AgentRun run, in ActionPlace place, int action, ActionStatus status, Exception? error, int generation, OutcomeCost cost)
    {
        var kind = status switch
        {
            ActionStatus.Completed => JournalKind.Completed,
            ActionStatus.Failed => JournalKind.Failed,
            _ => JournalKind.Skipped,
        };
        var record = new JournalRecord { Kind = kind, Iteration = place.Iteration, Action = place.Action, Key = JournalKeys.Outcome(place, generation) };
        return Draft(record, $"The output of '{place.Action}'", LimitFor(error), writer =>
        {
            cost.WriteTo(writer);
            if (status == ActionStatus.Failed)
            {
                WriteError(writer, error!);
            }
            else if (status == ActionStatus.Completed && run.OutputJson(action) is { } contract)
            {
                writer.WritePropertyName("value");
                Write(writer, run.OutputOf(action), contract);
            }
        });
    }

    internal static void WriteUsage(Utf8JsonWriter writer, RunUsage usage)
    {
        if (usage.Tokens != 0)
        {
            writer.WriteNumber("tokens", usage.Tokens);
        }

        if (usage.Cost != 0)
        {
            writer.WriteNumber("cost", usage.Cost);
        }
    }

    public JournalRecord Item<T>(in ActionPlace place, T value, Exception? failure, JsonTypeInfo? contract, int generation, RunUsage usage)
    {
        var record = new JournalRecord { Kind = failure is null ? JournalKind.Completed : JournalKind.Failed, Iteration = place.Iteration, Action = place.Action, Item = place.Item, Key = JournalKeys.Outcome(place, generation) };
        return Draft(record, $"The output of '{place.Action}'", LimitFor(failure), writer =>
        {
            WriteUsage(writer, usage);
            if (failure is not null)
            {
                WriteError(writer, failure);
            }
            else if (contract is not null)
            {
                writer.WritePropertyName("value");
                Write(writer, value, contract);
            }
        });
    }

    /// <summary>The outcome that a signal gives to the action that waits for it.</summary>
    public JournalRecord Answer(in ActionPlace place, ReadOnlyMemory<byte> value, string sender, int generation, string? signal = null)
    {
        var record = new JournalRecord { Kind = JournalKind.Completed, Iteration = place.Iteration, Action = place.Action, Key = JournalKeys.Outcome(place, generation) };
        return Draft(record, $"The answer to '{place.Action}'", writer =>
        {
            writer.WriteString("sender", RecordedTextEncoder.Whole(sender));
            if (signal is not null)
            {
                writer.WriteString("signal", signal);
            }

            if (value.Length > 0)
            {
                writer.WritePropertyName("value");
                writer.WriteRawValue(value.Span, skipInputValidation: true);
            }
        });
    }

    /// <summary>What is recorded of a signal that was taken out of the way. What it says is not.</summary>
    public JournalRecord Refused(SignalRecord signal, string reason) =>
        Draft(new() { Kind = JournalKind.SignalRefused, Action = Cut(signal.Name, MaxErrorType)! }, "A refused signal", writer =>
        {
            writer.WriteNumber("number", signal.Number);
            writer.WriteString("sender", Cut(signal.Sender, 1024));
            writer.WriteString("reason", Cut(reason, 1024));
        });

    public JournalRecord Edited(in ActionPlace place, object? value, JsonTypeInfo contract) =>
        Draft(new() { Kind = JournalKind.Edited, Iteration = place.Iteration, Action = place.Action }, $"The output of '{place.Action}'", writer =>
        {
            writer.WritePropertyName("value");
            Write(writer, value, contract);
        });

    public JournalRecord Timer(in ActionPlace place, TimeSpan wait, int generation)
    {
        var record = new JournalRecord { Kind = JournalKind.TimerSet, Iteration = place.Iteration, Action = place.Action, Key = JournalKeys.Timer(place, generation) };
        return Draft(record, "A timer", writer => writer.WriteNumber("ticks", wait.Ticks));
    }

    /// <summary>What is recorded before a session undoes what it has done, if its outcomes do not tell why.</summary>
    public JournalRecord Stopped(Exception error) =>
        Draft(
            new() { Kind = JournalKind.CancelRequested },
            "What a session has stopped with",
            Math.Max(maxPayload, MaxError),
            writer => WriteError(writer, error));

    public JournalRecord StateChanged(SessionState state, string owner, Exception? error) =>
        Draft(new() { Kind = JournalKind.StateChanged }, "A change of state", Math.Max(maxPayload, MaxError), writer =>
        {
            writer.WriteString("state", state.ToString());
            writer.WriteString("owner", RecordedTextEncoder.Whole(owner));
            if (error is not null)
            {
                WriteError(writer, error);
            }
        });

    public JsonElement Parse(ReadOnlyMemory<byte> content, string what)
    {
        try
        {
            return RecordedJson.Parse(content.Span);
        }
        catch (JsonException e)
        {
            throw new DamagedSessionException(session, $"{what} is no JSON", e);
        }
    }

    /// <summary>Reads a value by its contract.</summary>
    public object? ReadValue(JsonElement value, JsonTypeInfo contract, bool isNullable, string what, bool isSensitive = false) =>
        TryReadValue(value, contract, isNullable, isSensitive, out var read, out var cause) is { } reason ? throw new IncompatibleSessionException(session, $"{what} {reason}", cause) : read;

    /// <summary>Reads a value by its contract.</summary>
    /// <returns>Why it does not fit, or null.</returns>
    public static string? TryReadValue(JsonElement value, JsonTypeInfo contract, bool isNullable, bool isSensitive, out object? read, out Exception? cause)
    {
        read = null;
        cause = null;
        try
        {
            read = value.Deserialize(contract);
        }
        catch (Exception e)
        {
            // Constructors, setters and converters are the user's, and throw what they like. What the error says may quote the value.
            cause = isSensitive ? null : e;
            return isSensitive ? $"does not read as {contract.Type}" : $"does not read as {contract.Type}: {e.Message}";
        }

        return read is not null || isNullable || contract.Type.IsValueType ? null : $"is null, and {contract.Type} may not be";
    }

    public static Exception? ReadError(JsonElement payload)
    {
        if (payload.ValueKind != JsonValueKind.Object || !payload.TryGetProperty("error", out var error))
        {
            return null;
        }

        var recorded = new RecordedException(Text(error, "type") ?? "?", Text(error, "message") ?? "", Text(error, "stack"));
        return Revive(recorded, error);
    }

    /// <summary>The engine's own exceptions that have all they need are themselves again.</summary>
    private static Exception Revive(RecordedException recorded, JsonElement error) => recorded.Type switch
    {
        "System.TimeoutException" => new TimeoutException(recorded.Message, recorded),
        "AgentFlow.BudgetExceededException" when Text(error, "agent") is { } agent && Text(error, "resource") is { } resource
            && error.TryGetProperty("limit", out var limit) && limit.TryGetDouble(out var most)
            && error.TryGetProperty("spent", out var spent) && spent.TryGetDouble(out var sum) => new BudgetExceededException(agent, resource, most, sum),
        _ => recorded,
    };

    public static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static void Write(Utf8JsonWriter writer, object? value, JsonTypeInfo contract) => RecordedValue.Write(writer, value, contract);

    public static void WriteError(Utf8JsonWriter writer, Exception error)
    {
        writer.WriteStartObject("error");
        writer.WriteString("type", Cut(error is RecordedException recorded ? recorded.Type : error.GetType().FullName, MaxErrorType));
        writer.WriteString("message", Cut(error.Message, MaxErrorMessage));
        writer.WriteString("stack", Cut(error.StackTrace, MaxErrorStack));
        if (error is BudgetExceededException exceeded)
        {
            writer.WriteString("agent", exceeded.Agent);
            writer.WriteString("resource", exceeded.Resource);
            writer.WriteNumber("limit", exceeded.Limit);
            writer.WriteNumber("spent", exceeded.Spent);
        }

        writer.WriteEndObject();
    }

    private int LimitFor(Exception? error) => error is null ? maxPayload : Math.Max(maxPayload, MaxError);

    /// <summary>The beginning of a text that may be long, with whole characters.</summary>
    private static string? Cut(string? text, int length)
    {
        if (text is null || text.Length <= length)
        {
            return text is null ? null : RecordedTextEncoder.Whole(text);
        }

        var end = char.IsHighSurrogate(text[length - 1]) ? length - 1 : length;
        return RecordedTextEncoder.Whole($"{text.AsSpan(0, end)}… ({text.Length} characters)");
    }

    private JournalRecord Draft(JournalRecord record, string what, Action<Utf8JsonWriter> write, int wrapping = 1) => Draft(record, what, maxPayload, write, wrapping);

    private JournalRecord Draft(JournalRecord record, string what, int limit, Action<Utf8JsonWriter> write, int wrapping = 1) =>
        record with { Payload = Bytes(what, w => Object(w, write), limit, wrapping).WrittenMemory };

    private static void Object(Utf8JsonWriter writer, Action<Utf8JsonWriter> write)
    {
        writer.WriteStartObject();
        write(writer);
        writer.WriteEndObject();
    }

    /// <summary>Writes what can be read again.</summary>
    private ArrayBufferWriter<byte> Bytes(string what, Action<Utf8JsonWriter> write, int limit, int wrapping)
    {
        var buffer = new ArrayBufferWriter<byte>();
        try
        {
            using var writer = new Utf8JsonWriter(buffer, new() { Encoder = RecordedTextEncoder.Instance });
            write(writer);
        }
        catch (Exception e) when (e is NotSupportedException or JsonException or InvalidOperationException or ArgumentException)
        {
            // A comparer of its own, half of a character, a type that only the runtime knows, an ImmutableArray or a JsonElement that was never made:
            // System.Text.Json has no one exception for what it cannot write.
            throw new UnrecordableValueException(session, what, e.Message, e);
        }

        if (buffer.WrittenCount > LargePayload)
        {
            AgentTelemetry.LargePayloads.Add(1);
        }

        if (buffer.WrittenCount > limit)
        {
            throw new PayloadTooLargeException(session, what, buffer.WrittenCount, limit);
        }

        return RecordedJson.FindTooDeep(buffer.WrittenSpan, RecordedJson.MaxDepth + wrapping) is { } path
            ? throw new PayloadTooDeepException(session, what, encryption is null ? path : RecordedJson.Shorten(path, wrapping), RecordedJson.MaxDepth)
            : buffer;
    }
}

/// <summary>What an outcome took.</summary>
internal readonly record struct OutcomeCost(int Attempts, TimeSpan Duration, RunUsage Usage)
{
    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteNumber("attempts", Attempts);
        writer.WriteNumber("milliseconds", Math.Round(Duration.TotalMilliseconds, 3));
        JournalCodec.WriteUsage(writer, Usage);
    }
}
