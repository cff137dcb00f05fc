using System.Text.Json;

namespace AgentFlow;

/// <summary>A memory as databases keep it: JSON, sealed for its subject and id, so that one that was swapped or changed does not open.</summary>
internal static class MemoryPayload
{
    public static byte[] Seal(MemoryRecord memory, PayloadEncryption? encryption) =>
        PayloadSeal.Seal(JsonSerializer.SerializeToUtf8Bytes(memory, MemoryJson.Default.MemoryRecord), PlaceOf(memory.Subject, memory.Id), encryption);

    /// <exception cref="DamagedMemoryException">It is not what was sealed, or there is no key for it.</exception>
    public static MemoryRecord Open(ReadOnlyMemory<byte> payload, string subject, string id, long sequence, string store, PayloadEncryption? encryption)
    {
        if (PayloadSeal.Open(payload, PlaceOf(subject, id), encryption, out var reason) is not { } content)
        {
            throw Damaged(reason!, null);
        }

        try
        {
            return (JsonSerializer.Deserialize(content.Span, MemoryJson.Default.MemoryRecord) ?? throw Damaged("it holds nothing", null)) with { Subject = subject, Id = id, Sequence = sequence };
        }
        catch (JsonException e)
        {
            throw Damaged("it cannot be read", e);
        }

        DamagedMemoryException Damaged(string what, Exception? cause) => new(store, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"memory {sequence}: {what}"), cause);
    }

    private static string PlaceOf(string subject, string id) => $"memory/{subject.Length}/{subject}/{id}";
}
