using Npgsql;

namespace AgentFlow;

/// <summary>What exceptions of the driver mean.</summary>
internal static class Errors
{
    /// <summary>Whether what was to be recorded once is recorded already.</summary>
    public static bool IsDuplicate(Exception e) => e is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation };

    /// <summary>Whether the server has undone everything, and can be asked again. A lost connection leaves that open.</summary>
    public static bool IsUndone(Exception e) => e is PostgresException { InvariantSeverity: "ERROR" };

    /// <summary>The exception to throw for what has gone wrong with a session.</summary>
    public static Exception For(string session, Exception e) =>
        e is PostgresException { SqlState: PostgresErrorCodes.DataCorrupted or PostgresErrorCodes.IndexCorrupted } damage ? new DamagedSessionException(session, damage.MessageText, damage) : e;
}
