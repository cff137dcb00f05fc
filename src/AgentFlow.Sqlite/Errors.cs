using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace AgentFlow;

/// <summary>What SQLite says when something goes wrong, and what it means.</summary>
internal static class Errors
{
    /// <summary>The exception for the last thing that has gone wrong on a connection.</summary>
    public static SqliteException Of(sqlite3 connection)
    {
        var extended = raw.sqlite3_extended_errcode(connection);
        var file = raw.sqlite3_db_filename(connection, "main").utf8_to_string();
        var message = $"SQLite error {extended & 0xFF}: {raw.sqlite3_errmsg(connection).utf8_to_string()}.";
        return In(file, new SqliteException(message, extended & 0xFF, extended));
    }

    /// <summary>What the driver or SQLite says, with the file that it is about.</summary>
    public static SqliteException In(string file, SqliteException e) =>
        new($"{e.Message.TrimEnd('.')}, in '{file}'.", e.SqliteErrorCode, e.SqliteExtendedErrorCode);

    /// <summary>Whether what is in the file is not what was written to it.</summary>
    public static bool IsDamage(SqliteException e) => e.SqliteErrorCode is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB;

    /// <summary>The exception to throw for what has gone wrong with a session.</summary>
    public static Exception For(string? session, Exception e) => e switch
    {
        SqliteException damage when session is not null && IsDamage(damage) => new DamagedSessionException(session, damage.Message.TrimEnd('.'), damage),
        _ => e,
    };
}
