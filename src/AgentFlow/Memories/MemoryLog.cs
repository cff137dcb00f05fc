using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace AgentFlow;

/// <summary>
/// The lines of a file of memories. A line: the CRC-32C of the rest in 8 hexadecimal digits, a space, an operation as JSON, or as the base64 of its sealed bytes
/// where memories are encrypted. A line is sealed for its number: it opens at no other place.
/// </summary>
internal static class MemoryLog
{
    public const int Version = 1;

    private const int HeaderSize = 9;

    public static void Write(MemoryStream file, MemoryOperation operation, long line, PayloadEncryption? encryption)
    {
        var content = JsonSerializer.SerializeToUtf8Bytes(operation, MemoryJson.Default.MemoryOperation);
        if (encryption is not null)
        {
            content = Encoding.ASCII.GetBytes(Convert.ToBase64String(encryption.Seal(content, PlaceOf(line))));
        }

        file.Write(Encoding.ASCII.GetBytes(Crc32C.Of(content).ToString("x8", CultureInfo.InvariantCulture)));
        file.WriteByte((byte)' ');
        file.Write(content);
        file.WriteByte((byte)'\n');
    }

    /// <summary>Does again what a file says was done.</summary>
    /// <param name="file">The file's content.</param>
    /// <param name="path">Its name, for errors.</param>
    /// <param name="encryption">The keys.</param>
    /// <param name="lines">How many lines are whole.</param>
    /// <param name="length">How many bytes they have: a line that was cut short at the end was never acknowledged, and is dropped.</param>
    /// <exception cref="DamagedMemoryException">A line does not match.</exception>
    public static MemoryTable Read(ReadOnlyMemory<byte> file, string path, PayloadEncryption? encryption, out long lines, out int length)
    {
        var table = new MemoryTable();
        (lines, length) = (0, 0);
        while (file.Span[length..].IndexOf((byte)'\n') is var end and >= 0)
        {
            Redo(table, Parse(file.Slice(length, end), path, lines, encryption), path, lines);
            length += end + 1;
            lines++;
        }

        return lines > 0 ? table : throw new DamagedMemoryException(path, "it has no whole line, and was made with one");
    }

    private static MemoryOperation Parse(ReadOnlyMemory<byte> line, string path, long number, PayloadEncryption? encryption)
    {
        if (line.Length <= HeaderSize || !Utf8Parser.TryParse(line.Span[..8], out uint checksum, out var digits, 'x') || digits != 8 || line.Span[8] != (byte)' ')
        {
            throw Damaged("does not begin with a checksum");
        }

        var content = line[HeaderSize..];
        if (Crc32C.Of(content.Span) != checksum)
        {
            throw Damaged("does not match its checksum");
        }

        try
        {
            if (content.Span[0] != (byte)'{')
            {
                content = encryption is null
                    ? throw Damaged($"is encrypted, and {nameof(FileMemoryStoreOptions)}.{nameof(FileMemoryStoreOptions.Encryption)} has no keys")
                    : encryption.Open(Convert.FromBase64String(Encoding.ASCII.GetString(content.Span)), PlaceOf(number));
            }

            return JsonSerializer.Deserialize(content.Span, MemoryJson.Default.MemoryOperation) ?? throw Damaged("holds nothing");
        }
        catch (CryptographicException e)
        {
            throw Damaged("does not open with the keys at hand", e);
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            throw Damaged("cannot be read", e);
        }

        DamagedMemoryException Damaged(string what, Exception? cause = null) => new(path, string.Create(CultureInfo.InvariantCulture, $"line {number + 1} {what}"), cause);
    }

    private static void Redo(MemoryTable table, MemoryOperation operation, string path, long number)
    {
        switch (operation)
        {
            case { Format: { } format } when number == 0:
                table.Last = format.Version == Version ? format.Last : throw new DamagedMemoryException(path, $"it is of format {format.Version}, and this version reads {Version}");
                break;
            case { Put: { } memory } when number > 0:
                Put(table, memory, path, number);
                break;
            case { Delete: { Subject: not null, Id: not null } deletion } when number > 0:
                table.Remove(deletion.Subject, deletion.Id);
                break;
            default:
                throw new DamagedMemoryException(path, string.Create(CultureInfo.InvariantCulture, $"line {number + 1} says nothing that belongs there"));
        }
    }

    /// <summary>A checksum says that a line is as it was written, not who has written it.</summary>
    private static void Put(MemoryTable table, MemoryRecord memory, string path, long number)
    {
        try
        {
            memory.Validate();
        }
        catch (Exception e) when (e is ArgumentException or NullReferenceException)
        {
            throw new DamagedMemoryException(path, string.Create(CultureInfo.InvariantCulture, $"line {number + 1} holds what is not a memory"), e);
        }

        if (memory.Sequence is <= 0 or long.MaxValue || table.IsTaken(memory))
        {
            throw new DamagedMemoryException(path, string.Create(CultureInfo.InvariantCulture, $"line {number + 1} has a number that another memory has, or that none can have"));
        }

        table.Put(memory);
    }

    private static string PlaceOf(long line) => string.Create(CultureInfo.InvariantCulture, $"memory/{line}");
}
