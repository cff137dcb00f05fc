using System.Text.Json;

namespace AgentFlow;

/// <summary>
/// What a parent leaves for a child that another worker has: a signal under a name that no action can have, with the place in the child's journal at
/// which it was left. A child that was set going again since does not heed it.
/// </summary>
internal static class CancelRequest
{
    /// <summary>No action's name has a <see cref="ChildId.Separator"/>.</summary>
    public const string Name = "~cancel";

    public const string Sender = "~parent";

    public static ReadOnlyMemory<byte> Content(JournalCodec codec, long sequence) => codec.SignalContent(Name, writer => writer.WriteNumberValue(sequence));

    /// <summary>At which place of the journal it was left; null if it cannot be read, or is nobody's who holds the keys.</summary>
    public static long? Read(JournalCodec codec, SignalRecord signal)
    {
        if (codec.OpenSignal(signal, out _) is not { IsEmpty: false } content)
        {
            return null;
        }

        try
        {
            var at = codec.Parse(content, "a request to cancel");
            return at.ValueKind == JsonValueKind.Number && at.TryGetInt64(out var sequence) ? sequence : null;
        }
        catch (SessionException)
        {
            return null;
        }
    }
}
