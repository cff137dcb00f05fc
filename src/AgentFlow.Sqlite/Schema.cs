using Microsoft.Data.Sqlite;

namespace AgentFlow;

/// <summary>The tables, by versions. A version that was published is never changed: another is added.</summary>
internal static class Schema
{
    /// <summary>The statements that lead from each version to the next; <c>PRAGMA user_version</c> says how many have been run.</summary>
    private static readonly string[] Versions =
    [
        """
        CREATE TABLE agentflow_sessions(
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            agent TEXT NOT NULL,
            shape TEXT NOT NULL,
            state INTEGER NOT NULL,
            mode TEXT NOT NULL,
            sequence INTEGER NOT NULL,
            epoch INTEGER NOT NULL,
            wake_at INTEGER,
            signals_seen INTEGER NOT NULL,
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL,
            parent TEXT,
            forked_from TEXT,
            forked_at INTEGER NOT NULL,
            last_signal INTEGER NOT NULL,
            pending INTEGER NOT NULL,
            snapshot_at INTEGER NOT NULL,
            checksum INTEGER NOT NULL);
        CREATE INDEX agentflow_active ON agentflow_sessions(agent, state) WHERE state IN (0, 1, 2);
        CREATE TABLE agentflow_journal(
            session INTEGER NOT NULL,
            sequence INTEGER NOT NULL,
            recorded_at INTEGER NOT NULL,
            epoch INTEGER NOT NULL,
            kind INTEGER NOT NULL,
            iteration INTEGER NOT NULL,
            action TEXT NOT NULL,
            item INTEGER NOT NULL,
            key TEXT,
            payload BLOB NOT NULL,
            checksum INTEGER NOT NULL,
            PRIMARY KEY(session, sequence)) WITHOUT ROWID;
        CREATE TABLE agentflow_tail(
            number INTEGER PRIMARY KEY,
            session INTEGER NOT NULL,
            sequence INTEGER NOT NULL,
            recorded_at INTEGER NOT NULL,
            epoch INTEGER NOT NULL,
            kind INTEGER NOT NULL,
            iteration INTEGER NOT NULL,
            action TEXT NOT NULL,
            item INTEGER NOT NULL,
            key TEXT,
            payload BLOB NOT NULL,
            checksum INTEGER NOT NULL);
        CREATE UNIQUE INDEX agentflow_journal_keys ON agentflow_journal(session, key) WHERE key IS NOT NULL;
        CREATE TABLE agentflow_signals(
            session INTEGER NOT NULL,
            number INTEGER NOT NULL,
            name TEXT NOT NULL,
            sender TEXT NOT NULL,
            key TEXT,
            arrived_at INTEGER NOT NULL,
            payload BLOB NOT NULL,
            taken INTEGER NOT NULL,
            checksum INTEGER NOT NULL,
            PRIMARY KEY(session, number)) WITHOUT ROWID;
        CREATE UNIQUE INDEX agentflow_signal_keys ON agentflow_signals(session, sender, key) WHERE key IS NOT NULL;
        CREATE TABLE agentflow_snapshots(
            session INTEGER PRIMARY KEY,
            sequence INTEGER NOT NULL,
            payload BLOB NOT NULL,
            checksum INTEGER NOT NULL);
        """,
        "CREATE INDEX agentflow_children ON agentflow_sessions(parent) WHERE parent IS NOT NULL;",
    ];

    /// <summary>Brings a database up to the present version.</summary>
    /// <exception cref="NotSupportedException">It was written by a later version of the library.</exception>
    public static void Migrate(SqliteConnection connection)
    {
        var version = (long)Query(connection, "PRAGMA user_version")!;
        if (version < 0 || version > Versions.Length)
        {
            throw new NotSupportedException($"'{connection.DataSource}' has version {version} of the schema, and this library knows {Versions.Length}. Use the library that wrote it, or a later one.");
        }

        for (; version < Versions.Length; version++)
        {
            using var transaction = connection.BeginTransaction(deferred: false);
            Query(connection, Versions[version], transaction);
            Query(connection, FormattableString.Invariant($"PRAGMA user_version = {version + 1}"), transaction);
            transaction.Commit();
        }
    }

    /// <summary>Runs statements, and returns what the first that has results begins with.</summary>
    /// <exception cref="SqliteException">What went wrong, with the file in which it did.</exception>
    public static object? Query(SqliteConnection connection, string sql, SqliteTransaction? transaction = null)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
#pragma warning disable CA2100 // Only constants of this assembly come here; pragmas take no parameters.
        command.CommandText = sql;
#pragma warning restore CA2100
        try
        {
            return command.ExecuteScalar();
        }
        catch (SqliteException e)
        {
            throw Errors.In(connection.DataSource, e);
        }
    }
}
