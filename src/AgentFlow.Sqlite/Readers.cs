using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace AgentFlow;

/// <summary>The connections that read. One is opened whenever all are busy, and a few are kept.</summary>
internal sealed class Readers(DatabaseFile file, FileHealth health) : IDisposable
{
    private const int MaxKept = 8;

    private readonly ConcurrentBag<ReadConnection> _idle = [];
    private volatile bool _isDisposed;

    /// <summary>Reads something.</summary>
    /// <param name="session">The session that it is about, or null.</param>
    /// <param name="argument">What <paramref name="read"/> needs.</param>
    /// <param name="read">Reads it.</param>
    /// <exception cref="DamagedSessionException">The database is damaged where it was read.</exception>
    public TResult Read<TArgument, TResult>(string? session, TArgument argument, Func<ReadConnection, TArgument, TResult> read)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, typeof(SqliteSessionStore));
        ReadConnection? connection = null;
        try
        {
            connection = _idle.TryTake(out var idle) ? idle : Open();
            var result = read(connection, argument);
            Keep(connection);
            return result;
        }
        catch (SessionException)
        {
            Keep(connection!);
            throw;
        }
        catch (SqliteException e)
        {
            // Whatever state it is in, nobody meets it again.
            connection?.Dispose();
            throw Errors.For(session, e);
        }
    }

    public void Dispose()
    {
        _isDisposed = true;
        while (_idle.TryTake(out var connection))
        {
            connection.Dispose();
        }
    }

    private ReadConnection Open()
    {
        file.CheckFile();
        return new ReadConnection(file.Path, health);
    }

    private void Keep(ReadConnection connection)
    {
        if (_isDisposed || _idle.Count >= MaxKept)
        {
            connection.Dispose();
            return;
        }

        _idle.Add(connection);
        if (_isDisposed)
        {
            Dispose();
        }
    }
}
