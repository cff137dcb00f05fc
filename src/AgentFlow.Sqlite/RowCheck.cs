using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace AgentFlow;

/// <summary>The checksum over the columns of a row, kept in its last one: SQLite checks the structure of its pages, and not what is in them.</summary>
internal struct RowCheck
{
    private uint _value;

    public readonly long Value => _value;

    public void Add(long value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        _value = Crc32C.Of(bytes, _value);
    }

    public void Add(long? value)
    {
        Add(value is null ? 0L : 1L);
        Add(value ?? 0);
    }

    public void Add(ReadOnlySpan<byte> value)
    {
        Add(value.Length);
        _value = Crc32C.Of(value, _value);
    }

    public void Add(string? value)
    {
        if (value is null)
        {
            Add(-1L);
            return;
        }

        var most = Encoding.UTF8.GetMaxByteCount(value.Length);
        var rented = most > 512 ? ArrayPool<byte>.Shared.Rent(most) : null;
        var buffer = rented ?? stackalloc byte[512];
        Add((ReadOnlySpan<byte>)buffer[..Encoding.UTF8.GetBytes(value, buffer)]);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
