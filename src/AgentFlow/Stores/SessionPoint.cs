using System.Text;

namespace AgentFlow;

/// <summary>
/// Where a session stood at one place of its log, so that what lies before that place need not be read to go on. It is kept beside the log, says
/// nothing that the log does not say, and is not flushed: one that is missing, torn or of another log is passed over.
/// </summary>
/// <param name="Info">What is known of the session.</param>
/// <param name="Snapshot">Its newest snapshot.</param>
/// <param name="LastSignal">The number of its last signal.</param>
/// <param name="Signals">Those that no record has taken.</param>
/// <param name="SignalKeys">The keys of all that have come.</param>
/// <param name="Iteration">The last iteration that the key of a record names.</param>
/// <param name="Keys">The keys that name it.</param>
internal sealed record SessionPoint(
    SessionInfo Info,
    SessionSnapshot? Snapshot,
    long LastSignal,
    IReadOnlyList<SignalRecord> Signals,
    IReadOnlyList<(string Sender, string Key)> SignalKeys,
    int Iteration,
    IReadOnlyList<string> Keys)
{
    private const byte Version = 1;

    /// <summary>A point as a file.</summary>
    /// <param name="place">The place in the log.</param>
    public byte[] ToFile(LogPlace place) => SessionLog.Frame(writer =>
    {
        writer.Write(Version);
        writer.Write(place.Length);
        writer.Write(place.LastFrame);
        writer.Write(place.LastHeader.Length);
        writer.Write(place.LastHeader);
        SessionLog.Write(writer, Info);
        writer.Write(Info.Sequence);
        writer.Write(Info.Epoch);
        SessionLog.Write(writer, Info.Owner);
        writer.Write(Info.WakeAt?.UtcTicks ?? -1);
        writer.Write(Info.SignalsSeen);
        SessionLog.Write(writer, Info.UpdatedAt);
        SessionLog.Write(writer, Snapshot);
        writer.Write(LastSignal);
        writer.Write(Signals.Count);
        foreach (var signal in Signals)
        {
            writer.Write(signal.Number);
            SessionLog.Write(writer, signal.Timestamp);
            SessionLog.Write(writer, signal);
        }

        writer.Write(SignalKeys.Count);
        foreach (var (sender, key) in SignalKeys)
        {
            writer.Write(sender);
            writer.Write(key);
        }

        writer.Write(Iteration);
        writer.Write(Keys.Count);
        foreach (var key in Keys)
        {
            writer.Write(key);
        }
    });

    /// <summary>Reads a point.</summary>
    /// <param name="file">The file.</param>
    /// <param name="place">The place in the log that it was made at. Whether that is this log is for the caller to see.</param>
    /// <returns>The point, or null if it is not whole.</returns>
    public static SessionPoint? Read(ReadOnlyMemory<byte> file, out LogPlace place)
    {
        place = default;
        try
        {
            if (!SessionLog.TakeFrame(file, "", 0, out var content))
            {
                return null;
            }

            using var reader = new BinaryReader(new MemoryStream(content.ToArray()), Encoding.UTF8);
            if (reader.ReadByte() != Version)
            {
                return null;
            }

            place = new LogPlace(reader.ReadInt32(), reader.ReadInt32(), reader.ReadBytes(reader.ReadInt32()));
            var info = SessionLog.ReadInfo(reader) with { Sequence = reader.ReadInt64(), Epoch = reader.ReadInt64(), Owner = SessionLog.ReadText(reader) };
            var wake = reader.ReadInt64();
            info = info with { WakeAt = wake < 0 ? null : new DateTimeOffset(wake, TimeSpan.Zero), SignalsSeen = reader.ReadInt64(), UpdatedAt = SessionLog.ReadTime(reader) };
            var snapshot = SessionLog.ReadSnapshot(reader);
            var last = reader.ReadInt64();
            var signals = ReadMany(reader, r =>
            {
                var (number, time) = (r.ReadInt64(), SessionLog.ReadTime(r));
                return SessionLog.ReadSignal(r, info.Id) with { Number = number, Timestamp = time };
            });
            var signalKeys = ReadMany(reader, static r => (r.ReadString(), r.ReadString()));
            return new SessionPoint(info, snapshot, last, signals, signalKeys, reader.ReadInt32(), ReadMany(reader, static r => r.ReadString()));
        }
        catch (Exception e) when (e is DamagedSessionException or EndOfStreamException or IOException or ArgumentException or FormatException or OverflowException)
        {
            return null;
        }
    }

    private static List<T> ReadMany<T>(BinaryReader reader, Func<BinaryReader, T> read)
    {
        var many = new List<T>();
        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            many.Add(read(reader));
        }

        return many;
    }
}

/// <summary>A place in a log, and how to tell it from the same place in another.</summary>
/// <param name="Length">How many bytes lie before it.</param>
/// <param name="LastFrame">Where the last frame before it begins.</param>
/// <param name="LastHeader">The header of that frame: its length and checksum.</param>
internal readonly record struct LogPlace(int Length, int LastFrame, byte[] LastHeader);
