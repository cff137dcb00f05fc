using Microsoft.Data.Sqlite;

namespace AgentFlow;

/// <summary>What is looked for, and mended, when a file is opened.</summary>
internal sealed partial class WriteConnection
{
    /// <summary>Rebuilds damaged indexes from their tables. What cannot be mended is returned.</summary>
    private string? FindDamage()
    {
        try
        {
            if (Schema.Query(Inner, "PRAGMA integrity_check(1)") is "ok")
            {
                return null;
            }

            Schema.Query(Inner, "REINDEX agentflow_sessions; REINDEX agentflow_journal; REINDEX agentflow_signals");
            return Schema.Query(Inner, "PRAGMA integrity_check(1)") is string found and not "ok" ? found : null;
        }
        catch (SqliteException e)
        {
            return e.Message.TrimEnd('.');
        }
    }

    /// <summary>Whether a session's row is not what was written.</summary>
    private bool HasLostRows()
    {
        using var statement = new Statement(Handle, $"SELECT {SessionRow.Columns} FROM agentflow_sessions");
        try
        {
            while (statement.Step())
            {
                SessionRow.Read(statement);
            }

            return false;
        }
        catch (Exception e) when (e is SqliteException or DamagedSessionException)
        {
            return true;
        }
    }

    /// <summary>Sorts what a process has left that did not close the store, without the rows that are not what was written: their sessions miss them.</summary>
    private void RecoverTail()
    {
        try
        {
            if (_tail.Any)
            {
                Begin();
                _tail.DropDamaged();
                _tail.Sort();
                Commit();
            }
        }
        catch (SqliteException)
        {
            // It is read where it is.
            Rollback();
        }
    }
}
