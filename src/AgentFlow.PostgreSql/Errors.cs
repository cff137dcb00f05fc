using Npgsql;

namespace AgentFlow;

/// <summary>What exceptions of the driver mean.</summary>
internal static class Errors
{
    /// <summary>Whether what was to be recorded once is recorded already.</summary>
    public static bool IsDuplicate(Exception e) => e is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation };

    /// <summary>Whether the server will not have what a transaction has written: a constraint, a conflict, or a statement that failed before.</summary>
    public static bool IsRefusal(PostgresException e) => e.InvariantSeverity == "ERROR" && e.SqlState is ['2', '3', ..] or ['2', '5', ..] or ['4', '0', ..] or ['P', '0', ..];

    /// <summary>Whether the server has undone everything, and can be asked again. A lost connection leaves that open.</summary>
    public static bool IsUndone(Exception e) => e is PostgresException { InvariantSeverity: "ERROR" };

    /// <summary>The exception to throw for what has gone wrong with a session.</summary>
    public static Exception For(string session, Exception e) =>
        e is PostgresException { SqlState: PostgresErrorCodes.DataCorrupted or PostgresErrorCodes.IndexCorrupted } damage ? new DamagedSessionException(session, damage.MessageText, damage) : e;
}
