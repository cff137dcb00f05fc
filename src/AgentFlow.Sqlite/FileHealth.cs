using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace AgentFlow;

/// <summary>What was found when the file was opened. It is said once, before anybody asks.</summary>
internal sealed class FileHealth
{
    /// <summary>What is wrong with the structure of the file, so that nothing may be written to it; or null.</summary>
    private string? _damage;

    /// <summary>Whether a session's row is not what was written, so that the id it had may be another.</summary>
    private bool _hasLostRows;

    /// <summary>Says what was found.</summary>
    public void Tell(string? damage, bool hasLostRows) => (_damage, _hasLostRows) = (damage, hasLostRows);

    public bool MayWrite => _damage is null;

    /// <summary>Refuses to write to a file whose structure is damaged.</summary>
    /// <exception cref="SqliteException">It is.</exception>
    public void RefuseWriting()
    {
        if (_damage is not null)
        {
            throw new SqliteException($"The database is damaged ({_damage}) and can only be read. Restore it from a backup, or copy what can be read into a new one.", raw.SQLITE_CORRUPT);
        }
    }

    /// <summary>Refuses to say that a session is not there, where it may have been.</summary>
    /// <exception cref="DamagedSessionException">It may have been.</exception>
    public void RefuseAbsence(string id)
    {
        if (_damage is not null || _hasLostRows)
        {
            throw new DamagedSessionException(id, $"it is not found, and {_damage ?? "the row of a session that cannot be told is not what was written"}");
        }
    }
}
