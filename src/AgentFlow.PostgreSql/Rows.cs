using System.Data.Common;
using System.Runtime.InteropServices;
using Npgsql;
using NpgsqlTypes;

namespace AgentFlow;

/// <summary>Between rows and what they say.</summary>
internal static class Rows
{
    private static readonly short[][] Before = [.. Enum.GetValues<SessionState>().Select(static to => Enum.GetValues<SessionState>().Where(from => from.CanBecome(to)).Select(static s => (short)s).ToArray())];

    private static readonly TimeSpan s_longest = TimeSpan.FromDays(365_000);

    private static readonly short[] All = [.. Enum.GetValues<SessionState>().Select(static s => (short)s)];

    /// <summary>The states that a session can come from.</summary>
    public static short[] StatesBefore(SessionState? state) => state is { } to ? Before[(int)to] : All;

    public static SessionInfo ReadInfo(DbDataReader reader) => new()
    {
        Id = reader.GetString(0),
        Agent = reader.GetString(1),
        Shape = reader.GetString(2),
        State = (SessionState)reader.GetInt16(3),
        Mode = reader.GetString(4),
        Sequence = reader.GetInt64(5),
        Epoch = reader.GetInt64(6),
        Owner = TextOrNull(reader, 7),
        WakeAt = reader.IsDBNull(8) ? null : reader.GetFieldValue<DateTimeOffset>(8),
        SignalsSeen = reader.GetInt64(9),
        CreatedAt = reader.GetFieldValue<DateTimeOffset>(10),
        UpdatedAt = reader.GetFieldValue<DateTimeOffset>(11),
        Parent = TextOrNull(reader, 12),
        ForkedFrom = TextOrNull(reader, 13),
        ForkedAt = reader.GetInt64(14),
    };

    /// <summary>Reads a record whose columns begin after the first.</summary>
    public static JournalRecord ReadRecord(DbDataReader reader) => new()
    {
        Sequence = reader.GetInt64(1),
        Timestamp = reader.GetFieldValue<DateTimeOffset>(2),
        Epoch = reader.GetInt64(3),
        Kind = (JournalKind)reader.GetInt16(4),
        Iteration = reader.GetInt32(5),
        Action = reader.GetString(6),
        Item = reader.GetInt32(7),
        Key = TextOrNull(reader, 8),
        Payload = reader.GetFieldValue<byte[]>(9),
    };

    public static SignalRecord ReadSignal(DbDataReader reader, string session) => new()
    {
        Session = session,
        Number = reader.GetInt64(0),
        Name = reader.GetString(1),
        Sender = reader.GetString(2),
        Key = TextOrNull(reader, 3),
        Timestamp = reader.GetFieldValue<DateTimeOffset>(4),
        Payload = reader.GetFieldValue<byte[]>(5),
    };

    public static NpgsqlParameter Of(short value) => new NpgsqlParameter<short> { TypedValue = value };

    public static NpgsqlParameter Of(int value) => new NpgsqlParameter<int> { TypedValue = value };

    public static NpgsqlParameter Of(long value) => new NpgsqlParameter<long> { TypedValue = value };

    public static NpgsqlParameter Of(bool value) => new NpgsqlParameter<bool> { TypedValue = value };

    public static NpgsqlParameter Of(TimeSpan? value) => value is { } time
        ? new NpgsqlParameter<TimeSpan> { TypedValue = Bounded(time), NpgsqlDbType = NpgsqlDbType.Interval }
        : Null(NpgsqlDbType.Interval);

    /// <summary>Bounds a time so that its sum with the server's clock can be read again: .NET has no year after 9999.</summary>
    private static TimeSpan Bounded(TimeSpan time) => time > s_longest ? s_longest : time < -s_longest ? -s_longest : time;

    public static NpgsqlParameter Of(long? value) => value is { } number ? Of(number) : Null(NpgsqlDbType.Bigint);

    public static NpgsqlParameter Of(short? value) => value is { } number ? Of(number) : Null(NpgsqlDbType.Smallint);

    public static NpgsqlParameter Of(SessionState? value) => Of((short?)value);

    public static NpgsqlParameter Of(DateTimeOffset? value) => value is { } time ? new NpgsqlParameter<DateTimeOffset> { TypedValue = time.ToUniversalTime(), NpgsqlDbType = NpgsqlDbType.TimestampTz } : Null(NpgsqlDbType.TimestampTz);

    public static NpgsqlParameter Of(string? value) => value is null ? Null(NpgsqlDbType.Text) : new NpgsqlParameter<string> { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Text };

    public static NpgsqlParameter Of(ReadOnlyMemory<byte>? value) => value is { } bytes ? new NpgsqlParameter<byte[]> { TypedValue = Array(bytes), NpgsqlDbType = NpgsqlDbType.Bytea } : Null(NpgsqlDbType.Bytea);

    public static NpgsqlParameter Of(short[] values) => new NpgsqlParameter<short[]> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Smallint };

    public static NpgsqlParameter Of(long[] values) => new NpgsqlParameter<long[]> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint };

    public static NpgsqlParameter Of(string[] values) => new NpgsqlParameter<string[]> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };

    /// <summary>Adds records as one array a column.</summary>
    public static void Add(NpgsqlParameterCollection parameters, IReadOnlyList<JournalRecord> records)
    {
        parameters.Add(Of([.. records.Select(static r => (short)r.Kind)]));
        parameters.Add(new NpgsqlParameter<int[]> { TypedValue = [.. records.Select(static r => r.Iteration)], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer });
        parameters.Add(Of([.. records.Select(static r => r.Action)]));
        parameters.Add(new NpgsqlParameter<int[]> { TypedValue = [.. records.Select(static r => r.Item)], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer });
        parameters.Add(new NpgsqlParameter<string?[]> { TypedValue = [.. records.Select(static r => r.Key)], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        parameters.Add(new NpgsqlParameter<byte[][]> { TypedValue = [.. records.Select(static r => Array(r.Payload))], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea });
    }

    private static NpgsqlParameter Null(NpgsqlDbType type) => new() { NpgsqlDbType = type, Value = DBNull.Value };

    private static byte[] Array(ReadOnlyMemory<byte> bytes) =>
        MemoryMarshal.TryGetArray(bytes, out var segment) && segment.Array is { } array && array.Length == bytes.Length ? array : bytes.ToArray();

    private static string? TextOrNull(DbDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
}
