using System.Buffers.Binary;
using System.Text;

namespace AgentFlow;

/// <summary>
/// The sessions that a forked one has its beginning from. A fork shares the records of another as they are, sealed for that other; the first record
/// of its own names them all, and is sealed for the fork: nobody without the keys can give a session the past of another.
/// </summary>
internal sealed class SessionLineage
{
    private readonly (string Session, long UpTo)[] _origins;

    private SessionLineage((string Session, long UpTo)[] origins) => _origins = origins;

    /// <summary>That of a session which is no fork.</summary>
    public static SessionLineage None { get; } = new([]);

    /// <summary>How many of the first records are shared with others.</summary>
    public long Shared => _origins.Length == 0 ? 0 : _origins[^1].UpTo;

    /// <summary>The session that wrote a record of a session.</summary>
    public string WriterOf(string session, long sequence)
    {
        foreach (var (origin, upTo) in _origins)
        {
            if (sequence <= upTo)
            {
                return origin;
            }
        }

        return session;
    }

    /// <summary>The lineage of a fork of a session with this one.</summary>
    public SessionLineage Fork(string source, long upTo) => new([.. _origins.TakeWhile(o => o.UpTo < upTo), (WriterOf(source, upTo), upTo)]);

    public byte[] ToBytes()
    {
        var size = 4 + _origins.Sum(static o => 12 + Encoding.UTF8.GetByteCount(o.Session));
        var bytes = new byte[size];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, _origins.Length);
        var at = 4;
        foreach (var (session, upTo) in _origins)
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(at), upTo);
            var length = Encoding.UTF8.GetBytes(session, bytes.AsSpan(at + 12));
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at + 8), length);
            at += 12 + length;
        }

        return bytes;
    }

    /// <summary>Reads what <see cref="ToBytes"/> has written.</summary>
    /// <returns>The lineage, or null if that is not what it is.</returns>
    public static SessionLineage? Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 4)
        {
            return null;
        }

        var count = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        if (count < 0 || count > bytes.Length / 12)
        {
            return null;
        }

        var origins = new (string, long UpTo)[count];
        var at = 4;
        for (var i = 0; i < count; i++)
        {
            if (bytes.Length - at < 12)
            {
                return null;
            }

            var upTo = BinaryPrimitives.ReadInt64LittleEndian(bytes[at..]);
            var length = BinaryPrimitives.ReadInt32LittleEndian(bytes[(at + 8)..]);
            if (length < 0 || length > bytes.Length - at - 12 || upTo <= (i == 0 ? 0 : origins[i - 1].UpTo))
            {
                return null;
            }

            origins[i] = (Encoding.UTF8.GetString(bytes.Slice(at + 12, length)), upTo);
            at += 12 + length;
        }

        return at == bytes.Length ? new(origins) : null;
    }
}
