using System.Buffers.Binary;
using System.Text;

namespace AgentFlow;

/// <summary>Where a payload belongs, as bytes: all that gives it its meaning and that its writer knows. No two places have the same bytes.</summary>
internal static class SealedPlace
{
    private const byte OfRecord = 1;
    private const byte OfSignal = 2;
    private const byte OfSnapshot = 3;

    /// <summary>The place of a record. When it was recorded is not part of it: only the store knows that.</summary>
    public static byte[] Record(string session, string agent, long sequence, long epoch, JournalRecord record)
    {
        var builder = new Builder(OfRecord, 64, session, agent, record.Action, record.Key);
        builder.Add(sequence);

        // A session is created before it is claimed, and what a store calls that claim's epoch in its first record is its own affair.
        builder.Add(record.Kind == JournalKind.Created ? 0 : epoch);
        builder.Add((long)record.Kind);
        builder.Add(record.Iteration);
        builder.Add(record.Item);
        builder.Add(record.Action);
        builder.Add(record.Key);
        return builder.Done();
    }

    /// <summary>The place of a signal. Its number is not part of it: the store gives that.</summary>
    public static byte[] Signal(string session, string agent, ReadOnlySpan<byte> life, string name, string sender, string? key)
    {
        var builder = new Builder(OfSignal, 16 + life.Length, session, agent, name, sender, key);
        builder.Add(name);
        builder.Add(sender);
        builder.Add(key);
        builder.Add(life);
        return builder.Done();
    }

    /// <summary>The place of a snapshot. What it summarises is the record whose digest it has.</summary>
    public static byte[] Snapshot(string session, string agent, long sequence)
    {
        var builder = new Builder(OfSnapshot, 16, session, agent);
        builder.Add(sequence);
        return builder.Done();
    }

    private ref struct Builder
    {
        private readonly byte[] _bytes;
        private int _length;

        public Builder(byte kind, int size, string session, string agent, params ReadOnlySpan<string?> texts)
        {
            size += 1 + Size(session) + Size(agent);
            foreach (var text in texts)
            {
                size += Size(text);
            }

            _bytes = new byte[size];
            _bytes[_length++] = kind;
            Add(session);
            Add(agent);
        }

        public void Add(long number)
        {
            BinaryPrimitives.WriteInt64LittleEndian(_bytes.AsSpan(_length), number);
            _length += 8;
        }

        public void Add(string? text)
        {
            var length = text is null ? -1 : Encoding.UTF8.GetBytes(text, _bytes.AsSpan(_length + 4));
            BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(_length), length);
            _length += 4 + Math.Max(0, length);
        }

        public void Add(ReadOnlySpan<byte> bytes)
        {
            bytes.CopyTo(_bytes.AsSpan(_length));
            _length += bytes.Length;
        }

        public readonly byte[] Done() => _bytes.AsSpan(0, _length).ToArray();

        private static int Size(string? text) => 4 + (text is null ? 0 : Encoding.UTF8.GetMaxByteCount(text.Length));
    }
}
