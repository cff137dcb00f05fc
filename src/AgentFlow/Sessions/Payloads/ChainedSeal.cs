using System.Buffers.Binary;
using System.Security.Cryptography;

namespace AgentFlow;

/// <summary>
/// What surrounds each payload of a session: version (1 byte), flags (1), length of the rest (4, little-endian), CRC-32C of place and payload
/// without itself (4), the digest of the record before (32, if it is one of a chain), the sessions that the beginning was forked from (length
/// (4) and bytes, if there are any), body. The place (session, agent, columns), the digest and the origins are authenticated with an encrypted body.
/// </summary>
internal static class ChainedSeal
{
    public const int DigestSize = SHA256.HashSizeInBytes;

    private const int HeaderSize = 10;
    private const byte Version = 2;
    private const byte Encrypted = 1;
    private const byte Chained = 2;
    private const byte WithOrigins = 4;

    /// <summary>Whether a payload is one of these, and not one of an earlier release.</summary>
    public static bool Is(ReadOnlyMemory<byte> payload) => payload.Length > 0 && payload.Span[0] >= Version;

    /// <summary>Seals a payload for one place: it opens at no other.</summary>
    /// <param name="content">The content.</param>
    /// <param name="place">The place.</param>
    /// <param name="previous">The digest of the record before; empty for what is not in a chain.</param>
    /// <param name="origins">The sessions that the beginning was forked from; empty if there are none.</param>
    /// <param name="encryption">The keys, if there are any.</param>
    public static byte[] Seal(ReadOnlySpan<byte> content, ReadOnlySpan<byte> place, ReadOnlySpan<byte> previous, ReadOnlySpan<byte> origins, PayloadEncryption? encryption)
    {
        var id = encryption?.Current;
        var head = previous.Length + (origins.IsEmpty ? 0 : 4 + origins.Length);
        var sealedBytes = new byte[HeaderSize + head + PayloadSeal.SizeOf(content.Length, id)];
        sealedBytes[0] = Version;
        sealedBytes[1] = (byte)((id is null ? 0 : Encrypted) | (previous.IsEmpty ? 0 : Chained) | (origins.IsEmpty ? 0 : WithOrigins));
        BinaryPrimitives.WriteInt32LittleEndian(sealedBytes.AsSpan(2), sealedBytes.Length - HeaderSize);
        previous.CopyTo(sealedBytes.AsSpan(HeaderSize));
        if (!origins.IsEmpty)
        {
            BinaryPrimitives.WriteInt32LittleEndian(sealedBytes.AsSpan(HeaderSize + previous.Length), origins.Length);
            origins.CopyTo(sealedBytes.AsSpan(HeaderSize + previous.Length + 4));
        }

        var body = sealedBytes.AsSpan(HeaderSize + head);
        if (id is null)
        {
            content.CopyTo(body);
        }
        else
        {
            PayloadSeal.Encrypt(content, Associated(place, sealedBytes, head), encryption!, id, body);
        }

        BinaryPrimitives.WriteUInt32LittleEndian(sealedBytes.AsSpan(6), Checksum(sealedBytes, place));
        return sealedBytes;
    }

    /// <summary>Takes a payload apart, and checks that it is whole and of its place.</summary>
    /// <returns>Why it is not, or null.</returns>
    public static string? Read(ReadOnlyMemory<byte> payload, ReadOnlySpan<byte> place, out ChainedPayload parts)
    {
        parts = default;
        var bytes = payload.Span;
        if (bytes.Length < HeaderSize)
        {
            return $"its payload has {bytes.Length} bytes, fewer than any";
        }

        if (bytes[0] != Version || bytes[1] > (Encrypted | Chained | WithOrigins))
        {
            return $"its payload is of format {bytes[0]}.{bytes[1]}, which this version does not know";
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(bytes[2..]);
        if (length != bytes.Length - HeaderSize)
        {
            return $"its payload says it has {length} bytes and has {bytes.Length - HeaderSize}";
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[6..]) != Checksum(bytes, place))
        {
            return "the checksum of its payload does not match";
        }

        return TakeApart(payload, out parts) ? null : "its payload is cut short";
    }

    /// <summary>Opens what <see cref="Read"/> has taken apart.</summary>
    /// <returns>The content, or null with the reason.</returns>
    public static ReadOnlyMemory<byte>? Open(in ChainedPayload parts, ReadOnlySpan<byte> place, PayloadEncryption? encryption, out string? reason)
    {
        if (!parts.IsEncrypted)
        {
            reason = PayloadSeal.RefuseClear(encryption);
            return reason is null ? parts.Body : default(ReadOnlyMemory<byte>?);
        }

        return PayloadSeal.Decrypt(parts.Body.Span, Associated(place, parts.Payload.Span, parts.Payload.Length - HeaderSize - parts.Body.Length), encryption, out reason);
    }

    /// <summary>What stands for a record in the one after it.</summary>
    public static byte[] Digest(ReadOnlySpan<byte> place, ReadOnlySpan<byte> payload)
    {
        if (place.Length + payload.Length <= 1024)
        {
            Span<byte> together = stackalloc byte[place.Length + payload.Length];
            place.CopyTo(together);
            payload.CopyTo(together[place.Length..]);
            return SHA256.HashData(together);
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(place);
        hash.AppendData(payload);
        return hash.GetHashAndReset();
    }

    private static bool TakeApart(ReadOnlyMemory<byte> payload, out ChainedPayload parts)
    {
        parts = default;
        var flags = payload.Span[1];
        var rest = payload[HeaderSize..];
        ReadOnlyMemory<byte> previous = default;
        ReadOnlyMemory<byte> origins = default;
        if ((flags & Chained) != 0)
        {
            if (rest.Length < DigestSize)
            {
                return false;
            }

            (previous, rest) = (rest[..DigestSize], rest[DigestSize..]);
        }

        if ((flags & WithOrigins) != 0)
        {
            if (rest.Length < 4 || BinaryPrimitives.ReadInt32LittleEndian(rest.Span) is var length && (length < 0 || length > rest.Length - 4))
            {
                return false;
            }

            (origins, rest) = (rest.Slice(4, length), rest[(4 + length)..]);
        }

        parts = new ChainedPayload(payload, previous, origins, rest, (flags & Encrypted) != 0);
        return true;
    }

    /// <summary>Place, flags, digest and origins.</summary>
    private static byte[] Associated(ReadOnlySpan<byte> place, ReadOnlySpan<byte> payload, int head)
    {
        var associated = new byte[place.Length + 2 + head];
        place.CopyTo(associated);
        payload[..2].CopyTo(associated.AsSpan(place.Length));
        payload.Slice(HeaderSize, head).CopyTo(associated.AsSpan(place.Length + 2));
        return associated;
    }

    private static uint Checksum(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> place)
    {
        var crc = Crc32C.Of(place);
        crc = Crc32C.Of(bytes[..6], crc);
        return Crc32C.Of(bytes[HeaderSize..], crc);
    }
}

/// <summary>The parts of a sealed payload.</summary>
internal readonly record struct ChainedPayload(ReadOnlyMemory<byte> Payload, ReadOnlyMemory<byte> Previous, ReadOnlyMemory<byte> Origins, ReadOnlyMemory<byte> Body, bool IsEncrypted);
