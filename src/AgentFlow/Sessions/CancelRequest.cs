using System.Text.Json;

namespace AgentFlow;

/// <summary>
/// What a parent leaves for a child that another worker has: a signal under a name and of a sender that nobody else may use together. It says how long
/// the child's journal was. A child that has been set going again since then ignores it.
/// </summary>
internal static class CancelRequest
{
    public const string Name = "~cancel";

    public const string Sender = "~parent";

    public static bool Is(string name, string sender) => name == Name && sender == Sender;

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
