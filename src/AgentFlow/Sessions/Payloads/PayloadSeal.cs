using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace AgentFlow;

/// <summary>
/// What surrounds a payload in a store, so that damage is found before anything is parsed:
/// version (1 byte), flags (1), length of the body (4, little-endian), CRC-32C of all the rest (4), body.
/// The body of an encrypted one: length of the key's id (1), the id, nonce (12), tag (16), ciphertext.
/// Memories are sealed so, and what releases before <see cref="ChainedSeal"/> have recorded of sessions.
/// </summary>
internal static class PayloadSeal
{
    public const int TagSize = 16;

    private const int HeaderSize = 10;
    private const int NonceSize = 12;

    /// <summary>By how much a key's payload is longer than its content, beside the key's id.</summary>
    private const int Overhead = 1 + NonceSize + TagSize;
    private const byte Version = 1;
    private const byte Encrypted = 1;

    /// <summary>Seals a payload for one place: it opens at no other.</summary>
    public static byte[] Seal(ReadOnlySpan<byte> content, string place, PayloadEncryption? encryption)
    {
        var id = encryption?.Current;
        var bodySize = SizeOf(content.Length, id);
        var sealedBytes = new byte[HeaderSize + bodySize];
        var body = sealedBytes.AsSpan(HeaderSize);
        if (id is null)
        {
            content.CopyTo(body);
        }
        else
        {
            Encrypt(content, MemoryMarshal.AsBytes(place.AsSpan()), encryption!, id, body);
        }

        sealedBytes[0] = Version;
        sealedBytes[1] = id is null ? (byte)0 : Encrypted;
        BinaryPrimitives.WriteInt32LittleEndian(sealedBytes.AsSpan(2), bodySize);
        BinaryPrimitives.WriteUInt32LittleEndian(sealedBytes.AsSpan(6), Checksum(sealedBytes, place));
        return sealedBytes;
    }

    /// <summary>Opens a payload.</summary>
    /// <returns>The content, or null with the reason.</returns>
    public static ReadOnlyMemory<byte>? Open(ReadOnlyMemory<byte> sealedBytes, string place, PayloadEncryption? encryption, out string? reason)
    {
        var bytes = sealedBytes.Span;
        reason = Check(bytes, place);
        if (reason is not null)
        {
            return null;
        }

        var body = sealedBytes[HeaderSize..];
        if (bytes[1] == Encrypted)
        {
            return Decrypt(body.Span, MemoryMarshal.AsBytes(place.AsSpan()), encryption, out reason);
        }

        reason = RefuseClear(encryption);
        return reason is null ? body : default(ReadOnlyMemory<byte>?);
    }

    /// <summary>Whether a payload says that it is encrypted.</summary>
    public static bool IsEncrypted(ReadOnlyMemory<byte> payload) => payload.Length > 1 && payload.Span[1] == Encrypted;

    /// <summary>Why a payload in clear is not read where payloads are encrypted, or null: anybody who writes to the store could have made it.</summary>
    public static string? RefuseClear(PayloadEncryption? encryption) =>
        encryption is { AcceptsClear: false } ? "its payload is stored in clear, which PayloadEncryption.AcceptsClear would have to allow" : null;

    /// <summary>How long a body is.</summary>
    public static int SizeOf(int content, string? key) => key is null ? content : Overhead + key.Length + content;

    private static string? Check(ReadOnlySpan<byte> bytes, string place)
    {
        if (bytes.Length < HeaderSize)
        {
            return $"its payload has {bytes.Length} bytes, fewer than any";
        }

        if (bytes[0] != Version || bytes[1] > Encrypted)
        {
            return $"its payload is of format {bytes[0]}.{bytes[1]}, which this version does not know";
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(bytes[2..]);
        if (length != bytes.Length - HeaderSize)
        {
            return $"its payload says it has {length} bytes and has {bytes.Length - HeaderSize}";
        }

        return BinaryPrimitives.ReadUInt32LittleEndian(bytes[6..]) == Checksum(bytes, place) ? null : "the checksum of its payload does not match";
    }

    private static uint Checksum(ReadOnlySpan<byte> bytes, string place)
    {
        var crc = Crc32C.Of(MemoryMarshal.AsBytes(place.AsSpan()));
        crc = Crc32C.Of(bytes[..6], crc);
        return Crc32C.Of(bytes[HeaderSize..], crc);
    }

    /// <summary>Encrypts a body, with what else is to be authenticated.</summary>
    public static void Encrypt(ReadOnlySpan<byte> content, ReadOnlySpan<byte> associated, PayloadEncryption encryption, string id, Span<byte> body)
    {
        body[0] = (byte)id.Length;
        Encoding.ASCII.GetBytes(id, body[1..]);
        var rest = body[(1 + id.Length)..];
        var nonce = rest[..NonceSize];
        RandomNumberGenerator.Fill(nonce);
        encryption.Find(id)!.Encrypt(nonce, content, rest[(NonceSize + TagSize)..], rest.Slice(NonceSize, TagSize), associated);
    }

    /// <summary>Decrypts a body.</summary>
    /// <returns>The content, or null with the reason.</returns>
    public static ReadOnlyMemory<byte>? Decrypt(ReadOnlySpan<byte> body, ReadOnlySpan<byte> associated, PayloadEncryption? encryption, out string? reason)
    {
        reason = "its encrypted payload is cut short";
        if (body.Length < 1 || body.Length < Overhead + body[0])
        {
            return null;
        }

        var id = Encoding.ASCII.GetString(body.Slice(1, body[0]));
        if (encryption?.Find(id) is not { } key)
        {
            reason = $"its payload is encrypted with key '{id}', which the options' Encryption does not have";
            return null;
        }

        var rest = body[(1 + body[0])..];
        var content = new byte[rest.Length - NonceSize - TagSize];
        try
        {
            key.Decrypt(rest[..NonceSize], rest[(NonceSize + TagSize)..], rest.Slice(NonceSize, TagSize), content, associated);
        }
        catch (AuthenticationTagMismatchException)
        {
            reason = $"its payload does not open with key '{id}'";
            return null;
        }

        reason = null;
        return content;
    }

    /// <summary>The random number that a body was encrypted with, which no other has, if it is whole.</summary>
    public static ReadOnlySpan<byte> NonceOf(ReadOnlySpan<byte> body) => KeyOf(body) is null ? default : body.Slice(1 + body[0], NonceSize);

    /// <summary>The id of the key that a body needs, if it is whole.</summary>
    public static string? KeyOf(ReadOnlySpan<byte> body) => body.Length < 1 || body.Length < Overhead + body[0] ? null : Encoding.ASCII.GetString(body.Slice(1, body[0]));
}
