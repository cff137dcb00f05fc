using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AgentFlow.CompilerServices;

namespace AgentFlow;

/// <summary>
/// Writes and reads what records say: JSON by name, sealed. It is closed: values are read by the generated contracts of the agent, and no
/// type is named in what is stored.
/// </summary>
internal sealed class JournalCodec(string session, int maxPayload, PayloadEncryption? encryption)
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
        return Sealed(new() { Kind = JournalKind.Created }, "The input", writer =>
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
        return Sealed(record, $"The output of '{place.Action}'", LimitFor(error), writer =>
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
        return Sealed(record, $"The output of '{place.Action}'", LimitFor(failure), writer =>
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
    public JournalRecord Answer(in ActionPlace place, ReadOnlyMemory<byte> value, string sender, int generation)
    {
        var record = new JournalRecord { Kind = JournalKind.Completed, Iteration = place.Iteration, Action = place.Action, Key = JournalKeys.Outcome(place, generation) };
        return Sealed(record, $"The answer to '{place.Action}'", writer =>
        {
            writer.WriteString("sender", sender);
            if (value.Length > 0)
            {
                writer.WritePropertyName("value");
                writer.WriteRawValue(value.Span, skipInputValidation: true);
            }
        });
    }

    public JournalRecord Edited(in ActionPlace place, object? value, JsonTypeInfo contract) =>
        Sealed(new() { Kind = JournalKind.Edited, Iteration = place.Iteration, Action = place.Action }, $"The output of '{place.Action}'", writer =>
        {
            writer.WritePropertyName("value");
            Write(writer, value, contract);
        });

    public JournalRecord Timer(in ActionPlace place, TimeSpan wait, int generation)
    {
        var record = new JournalRecord { Kind = JournalKind.TimerSet, Iteration = place.Iteration, Action = place.Action, Key = JournalKeys.Timer(place, generation) };
        return Sealed(record, "A timer", writer => writer.WriteNumber("ticks", wait.Ticks));
    }

    public JournalRecord StateChanged(SessionState state, string owner, Exception? error) =>
        Sealed(new() { Kind = JournalKind.StateChanged }, "A change of state", Math.Max(maxPayload, MaxError), writer =>
        {
            writer.WriteString("state", state.ToString());
            writer.WriteString("owner", owner);
            if (error is not null)
            {
                WriteError(writer, error);
            }
        });

    public byte[] SealSignal(string name, Action<Utf8JsonWriter>? write)
    {
        if (write is null)
        {
            return PayloadSeal.Seal([], JournalKeys.SignalPlace(name), encryption);
        }

        return PayloadSeal.Seal(Bytes($"Signal '{name}'", write).WrittenSpan, JournalKeys.SignalPlace(name), encryption);
    }

    public byte[] SealSnapshot(Action<Utf8JsonWriter> write) =>
        PayloadSeal.Seal(Bytes("The state", write, int.MaxValue).WrittenSpan, JournalKeys.SnapshotPlace, encryption);

    public ReadOnlyMemory<byte> Open(ReadOnlyMemory<byte> payload, string place, string what) =>
        PayloadSeal.Open(payload, place, encryption, out var reason) is { } content ? content : throw new DamagedSessionException(session, $"{what}: {reason}");

    /// <summary>Opens a record's payload and parses it.</summary>
    public JsonElement Read(JournalRecord record)
    {
        if (record.Payload.IsEmpty)
        {
            return default;
        }

        var content = Open(record.Payload, JournalKeys.Place(record), $"record {record.Sequence}");
        return Parse(content, $"record {record.Sequence}");
    }

    public JsonElement Parse(ReadOnlyMemory<byte> content, string what)
    {
        try
        {
            var reader = new Utf8JsonReader(content.Span);
            return JsonElement.ParseValue(ref reader);
        }
        catch (JsonException e)
        {
            throw new DamagedSessionException(session, $"{what} is no JSON", e);
        }
    }

    /// <summary>Reads a value by its contract.</summary>
    public object? ReadValue(JsonElement value, JsonTypeInfo contract, bool isNullable, string what, bool isSensitive = false)
    {
        object? read;
        try
        {
            read = value.Deserialize(contract);
        }
        catch (Exception e)
        {
            // Constructors, setters and converters are the user's, and throw what they like. What the error says may quote the value.
            throw isSensitive
                ? new IncompatibleSessionException(session, $"{what} does not read as {contract.Type}")
                : new IncompatibleSessionException(session, $"{what} does not read as {contract.Type}: {e.Message}", e);
        }

        return read is not null || isNullable || contract.Type.IsValueType
            ? read
            : throw new IncompatibleSessionException(session, $"{what} is null, and {contract.Type} may not be");
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

    private static void Write(Utf8JsonWriter writer, object? value, JsonTypeInfo contract) => JsonSerializer.Serialize(writer, value, contract);

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
            return text;
        }

        var end = char.IsHighSurrogate(text[length - 1]) ? length - 1 : length;
        return $"{text.AsSpan(0, end)}… ({text.Length} characters)";
    }

    private JournalRecord Sealed(JournalRecord record, string what, Action<Utf8JsonWriter> write) => Sealed(record, what, maxPayload, write);

    private JournalRecord Sealed(JournalRecord record, string what, int limit, Action<Utf8JsonWriter> write) =>
        record with { Payload = PayloadSeal.Seal(Bytes(what, w => Object(w, write), limit).WrittenSpan, JournalKeys.Place(record), encryption) };

    private static void Object(Utf8JsonWriter writer, Action<Utf8JsonWriter> write)
    {
        writer.WriteStartObject();
        write(writer);
        writer.WriteEndObject();
    }

    private ArrayBufferWriter<byte> Bytes(string what, Action<Utf8JsonWriter> write, int? limit = null)
    {
        var buffer = new ArrayBufferWriter<byte>();
        try
        {
            using var writer = new Utf8JsonWriter(buffer);
            write(writer);
        }
        catch (NotSupportedException e) when (e is LostComparerException || e.InnerException is LostComparerException)
        {
            throw new UnrecordableValueException(session, what, e.Message, e);
        }

        if (buffer.WrittenCount > LargePayload && limit is null)
        {
            AgentTelemetry.LargePayloads.Add(1);
        }

        return buffer.WrittenCount <= (limit ?? maxPayload) ? buffer : throw new PayloadTooLargeException(session, what, buffer.WrittenCount, limit ?? maxPayload);
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
