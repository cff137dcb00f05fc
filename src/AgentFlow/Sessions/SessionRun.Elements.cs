using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
using AgentFlow.CompilerServices;

namespace AgentFlow;

/// <summary>What the journal has of a for-each that was cut short.</summary>
internal sealed partial class SessionRun
{
    public override Array? CompletedElements(int action, int iteration)
    {
        var name = _run.Plan.NameOf(action);
        var items = _history.CompletedItems(iteration, name);
        if (items.Count == 0)
        {
            return null;
        }

        if (_run.OutputJson(action) is not { } contract)
        {
            return new Unit[items.Count];
        }

        // As the output of the action would read that is made of them.
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartArray();
            foreach (var item in items)
            {
                writer.WriteRawValue(item.TryGetProperty("value", out var value) ? JsonMarshal.GetRawUtf8Value(value) : "null"u8, skipInputValidation: true);
            }

            writer.WriteEndArray();
        }

        var what = $"what the elements of '{name}' have come to";
        return (Array)_codec.ReadValue(_codec.Parse(buffer.WrittenMemory, what), contract, isNullable: false, what, _shape.Actions[action].IsSensitive)!;
    }
}
