using System.Buffers.Binary;
using System.Text;

namespace AgentFlow;

/// <summary>
/// The file of one session: frames of what was done to it, one after the other. A frame: its length (4 bytes, little-endian), the complement of
/// the length (4), the CRC-32C of the content (4), the content.
/// </summary>
/// <remarks>
/// A frame cut short at the end of the file was never acknowledged, and is dropped. Anything else that does not match is damage.
/// </remarks>
internal static class SessionLog
{
    public const int HeaderSize = 12;

    private enum Operation : byte
    {
        Create = 1,
        Append = 2,
        Claim = 3,
        Release = 4,
        Signal = 5,
        Fork = 6,
    }

    public static byte[] Create(SessionInfo info, IReadOnlyList<JournalRecord> records, DateTimeOffset now) => Frame(writer =>
    {
        writer.Write((byte)Operation.Create);
        Write(writer, now);
        Write(writer, info);
        Write(writer, records);
    });

    /// <summary>A session that began as a fork: the records keep the times and epochs they were made in.</summary>
    public static byte[] Fork(StoredSession fork) => Frame(writer =>
    {
        writer.Write((byte)Operation.Fork);
        Write(writer, fork.Info.CreatedAt);
        Write(writer, fork.Info);
        Write(writer, fork.Journal);
        Write(writer, fork.Snapshot);
    });

    public static byte[] Append(SessionAppend append, DateTimeOffset now) => Frame(writer =>
    {
        writer.Write((byte)Operation.Append);
        Write(writer, now);
        writer.Write(append.Claim.Epoch);
        writer.Write(append.After);
        Write(writer, append.Records);
        writer.Write(append.State is { } state ? (byte)state : byte.MaxValue);
        writer.Write(append.SetsWake);
        writer.Write(append.WakeAfter?.Ticks ?? long.MinValue);
        Write(writer, append.Snapshot);
        writer.Write(append.Consumed.Count);
        foreach (var number in append.Consumed)
        {
            writer.Write(number);
        }

        writer.Write(append.SignalsSeen ?? -1);
        writer.Write(append.Releases);
    });

    public static byte[] Claim(string owner, DateTimeOffset now) => Frame(writer =>
    {
        writer.Write((byte)Operation.Claim);
        Write(writer, now);
        writer.Write(owner);
    });

    public static byte[] Release(SessionClaim claim, DateTimeOffset now) => Frame(writer =>
    {
        writer.Write((byte)Operation.Release);
        Write(writer, now);
        writer.Write(claim.Epoch);
    });

    public static byte[] Signal(SignalRecord signal, DateTimeOffset now) => Frame(writer =>
    {
        writer.Write((byte)Operation.Signal);
        Write(writer, now);
        Write(writer, signal);
    });

    /// <summary>Does again what a file says was done.</summary>
    /// <param name="file">The file, from a place on.</param>
    /// <param name="name">Its name, for errors.</param>
    /// <param name="session">The session at that place; null at the beginning.</param>
    /// <param name="length">How much of the file is whole: that place at first.</param>
    /// <returns>The session; null if nothing of it was acknowledged.</returns>
    /// <exception cref="DamagedSessionException">A frame does not match.</exception>
    public static StoredSession? Read(ReadOnlyMemory<byte> file, string name, StoredSession? session, ref int length)
    {
        var start = length;
        while (TakeFrame(file[(length - start)..], name, length, out var content))
        {
            try
            {
                using var reader = new BinaryReader(new MemoryStream(content.ToArray()), Encoding.UTF8);
                session = Redo(session, reader);
            }
            catch (Exception e) when (e is EndOfStreamException or IOException or ArgumentException or FormatException or OverflowException or SessionException or InvalidOperationException)
            {
                throw new DamagedSessionException(session?.Info.Id ?? name, $"the frame at byte {length} of its file cannot be read", e);
            }

            length += HeaderSize + content.Length;
        }

        session?.Abandon();
        return session;
    }

    public static bool TakeFrame(ReadOnlyMemory<byte> rest, string name, int offset, out ReadOnlyMemory<byte> content)
    {
        content = default;
        var span = rest.Span;
        if (span.Length < HeaderSize)
        {
            return false;
        }

        var size = BinaryPrimitives.ReadInt32LittleEndian(span);
        if (size < 0 || BinaryPrimitives.ReadInt32LittleEndian(span[4..]) != ~size)
        {
            throw new DamagedSessionException(name, $"the length at byte {offset} of its file does not match");
        }

        if (span.Length - HeaderSize < size)
        {
            return false;
        }

        content = rest.Slice(HeaderSize, size);
        return BinaryPrimitives.ReadUInt32LittleEndian(span[8..]) == Crc32C.Of(content.Span)
            ? true
            : throw new DamagedSessionException(name, $"the checksum at byte {offset} of its file does not match");
    }

    private static StoredSession Redo(StoredSession? session, BinaryReader reader)
    {
        var operation = (Operation)reader.ReadByte();
        var now = ReadTime(reader);
        if (operation == Operation.Create)
        {
            return StoredSession.Create(ReadInfo(reader), ReadRecords(reader), now);
        }

        if (operation == Operation.Fork)
        {
            return StoredSession.Restore(ReadInfo(reader), ReadRecords(reader), ReadSnapshot(reader));
        }

        if (session is null)
        {
            throw new FormatException("The file does not begin with the creation of a session.");
        }

        switch (operation)
        {
            case Operation.Append:
                session.Append(ReadAppend(reader, session), now);
                break;
            case Operation.Claim:
                session.Abandon();
                session.Claim(reader.ReadString(), now, TimeSpan.Zero);
                break;
            case Operation.Release:
                session.Release(new SessionClaim(session.Info, "", reader.ReadInt64(), now));
                break;
            case Operation.Signal:
                session.Signal(ReadSignal(reader, session.Info.Id), now);
                break;
            default:
                throw new FormatException($"There is no operation {(byte)operation}.");
        }

        return session;
    }

    public static byte[] Frame(Action<BinaryWriter> write)
    {
        var stream = new MemoryStream();
        stream.SetLength(HeaderSize);
        stream.Position = HeaderSize;
        using (var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true))
        {
            write(writer);
        }

        var frame = stream.ToArray();
        var size = frame.Length - HeaderSize;
        BinaryPrimitives.WriteInt32LittleEndian(frame, size);
        BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(4), ~size);
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(8), Crc32C.Of(frame.AsSpan(HeaderSize)));
        return frame;
    }

    public static void Write(BinaryWriter writer, DateTimeOffset time) => writer.Write(time.UtcTicks);

    public static DateTimeOffset ReadTime(BinaryReader reader) => new(reader.ReadInt64(), TimeSpan.Zero);

    private static void Write(BinaryWriter writer, ReadOnlyMemory<byte> bytes)
    {
        writer.Write(bytes.Length);
        writer.Write(bytes.Span);
    }

    private static byte[] ReadBytes(BinaryReader reader)
    {
        var size = reader.ReadInt32();
        return size >= 0 && size <= reader.BaseStream.Length - reader.BaseStream.Position ? reader.ReadBytes(size) : throw new FormatException("A length is out of range.");
    }

    public static void Write(BinaryWriter writer, string? text)
    {
        writer.Write(text is not null);
        if (text is not null)
        {
            writer.Write(text);
        }
    }

    public static string? ReadText(BinaryReader reader) => reader.ReadBoolean() ? reader.ReadString() : null;

    public static void Write(BinaryWriter writer, SessionInfo info)
    {
        writer.Write(info.Id);
        writer.Write(info.Agent);
        writer.Write(info.Shape);
        writer.Write(info.Mode);
        writer.Write((byte)info.State);
        Write(writer, info.Parent);
        Write(writer, info.ForkedFrom);
        writer.Write(info.ForkedAt);
        Write(writer, info.CreatedAt);
    }

    public static SessionInfo ReadInfo(BinaryReader reader)
    {
        var info = new SessionInfo
        {
            Id = reader.ReadString(),
            Agent = reader.ReadString(),
            Shape = reader.ReadString(),
            Mode = reader.ReadString(),
            State = (SessionState)reader.ReadByte(),
            Parent = ReadText(reader),
            ForkedFrom = ReadText(reader),
            ForkedAt = reader.ReadInt64(),
        };
        return info with { CreatedAt = ReadTime(reader) };
    }

    private static void Write(BinaryWriter writer, IReadOnlyList<JournalRecord> records)
    {
        writer.Write(records.Count);
        foreach (var record in records)
        {
            Write(writer, record.Timestamp);
            writer.Write(record.Epoch);
            writer.Write((byte)record.Kind);
            writer.Write(record.Iteration);
            writer.Write(record.Action);
            writer.Write(record.Item);
            Write(writer, record.Key);
            Write(writer, record.Payload);
        }
    }

    private static List<JournalRecord> ReadRecords(BinaryReader reader)
    {
        var count = reader.ReadInt32();
        var records = new List<JournalRecord>();
        for (var i = 0; i < count; i++)
        {
            records.Add(new JournalRecord
            {
                Timestamp = ReadTime(reader),
                Epoch = reader.ReadInt64(),
                Kind = (JournalKind)reader.ReadByte(),
                Iteration = reader.ReadInt32(),
                Action = reader.ReadString(),
                Item = reader.ReadInt32(),
                Key = ReadText(reader),
                Payload = ReadBytes(reader),
            });
        }

        return records;
    }

    public static void Write(BinaryWriter writer, SessionSnapshot? snapshot)
    {
        writer.Write(snapshot?.Sequence ?? -1);
        if (snapshot is not null)
        {
            Write(writer, snapshot.Payload);
        }
    }

    public static SessionSnapshot? ReadSnapshot(BinaryReader reader) => reader.ReadInt64() is var sequence and >= 0 ? new SessionSnapshot(sequence, ReadBytes(reader)) : null;

    private static SessionAppend ReadAppend(BinaryReader reader, StoredSession session)
    {
        var epoch = reader.ReadInt64();
        var after = reader.ReadInt64();
        var append = new SessionAppend
        {
            Claim = new SessionClaim(session.Info, session.Info.Owner ?? "", epoch, default),
            After = after == session.Info.Sequence ? after : throw new FormatException("A record is missing."),
            Records = ReadRecords(reader),
        };
        var state = reader.ReadByte();
        append = append with { State = state == byte.MaxValue ? null : (SessionState)state, SetsWake = reader.ReadBoolean() };
        var wake = reader.ReadInt64();
        append = append with { WakeAfter = wake == long.MinValue ? null : TimeSpan.FromTicks(wake), Snapshot = ReadSnapshot(reader) };
        var consumed = new long[Math.Min(reader.ReadInt32(), reader.BaseStream.Length)];
        for (var i = 0; i < consumed.Length; i++)
        {
            consumed[i] = reader.ReadInt64();
        }

        var seen = reader.ReadInt64();
        return append with { Consumed = consumed, SignalsSeen = seen < 0 ? null : seen, Releases = reader.ReadBoolean() };
    }

    public static void Write(BinaryWriter writer, SignalRecord signal)
    {
        writer.Write(signal.Name);
        writer.Write(signal.Sender);
        writer.Write(signal.Key is not null);
        writer.Write(signal.Key ?? "");
        Write(writer, signal.Payload);
    }

    public static SignalRecord ReadSignal(BinaryReader reader, string session)
    {
        var signal = new SignalRecord { Session = session, Name = reader.ReadString(), Sender = reader.ReadString() };
        var hasKey = reader.ReadBoolean();
        var key = reader.ReadString();
        return signal with { Key = hasKey ? key : null, Payload = ReadBytes(reader) };
    }
}
