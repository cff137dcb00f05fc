using Microsoft.Win32.SafeHandles;

namespace AgentFlow;

/// <summary>
/// The file of a database, which one store has at a time: by a lock beside it, under its real name, and by one on the file itself, which holds
/// also where it is seen under another name in another directory (a bind mount of the file).
/// </summary>
internal sealed class DatabaseFile : IDisposable
{
    /// <summary>The files that stores of this process have. Guarded by itself.</summary>
    private static readonly HashSet<FileIdentity> Taken = [];

    private readonly StoreLock _lock;
    private readonly SafeFileHandle? _handle;
    private readonly FileIdentity _identity;

    /// <summary>What SQLite writes to first. Only the writer touches it.</summary>
    private FileIdentity _log;

    /// <summary>Takes a database, which is created if it is missing.</summary>
    /// <exception cref="StoreInUseException">Another process, or another store of this one, has it.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It must not be opened.</exception>
    public DatabaseFile(string path)
    {
        Path = FileIdentity.RealPath(path);
        RefuseOthers(Path, "a SQLite store needs a file");
        StoreLock.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!, Path);
        _lock = StoreLock.Take(Path + "-lock", Path);
        try
        {
            var found = FileIdentity.Of(Path, out var names);
            RefuseNames(Path, names);
            if (!FileIdentity.IsTold)
            {
                return;
            }

            // A file that a store of this process has is not even opened: to close it again would drop the locks that SQLite has on it.
            lock (Taken)
            {
                if (found != FileIdentity.Missing && Taken.Contains(found))
                {
                    throw new StoreInUseException(Path);
                }

                _handle = Open(Path);
                if (!FileLock.TryTake(_handle))
                {
                    throw new StoreInUseException(Path);
                }

                _identity = FileIdentity.Of(_handle);
                Taken.Add(_identity);
            }
        }
        catch
        {
            _handle?.Dispose();
            _lock.Dispose();
            throw;
        }
    }

    /// <summary>The file's real name.</summary>
    public string Path { get; }

    /// <summary>Refuses a file with several names: SQLite keeps what is not in the file yet beside the name by which it was opened, and would not find it by another.</summary>
    public static void RefuseNames(string path, uint names)
    {
        if (names > 1)
        {
            throw new IOException($"'{path}' cannot be opened: the file has {names} names (hard links). SQLite keeps part of a database beside it, under its name; under another name that part is missing. Copy the file instead.");
        }
    }

    /// <summary>Refuses an entry that is not a file. SQLite would wait for ever for a pipe's writer.</summary>
    public static void RefuseOthers(string path, string why)
    {
        if (PlainFile.WhatElse(path, mayBeEmpty: true) is { } what)
        {
            throw new IOException($"'{path}' cannot be opened: it is {what}, and {why}.");
        }
    }

    /// <summary>The writer has opened the file: it may have made a new log.</summary>
    public void Opened() => _log = FileIdentity.OfEntry(Path + "-wal");

    /// <summary>Refuses to write to a file, or a log, that is no longer there under its name.</summary>
    /// <exception cref="StoreReplacedException">It was deleted, moved or replaced.</exception>
    public void Check()
    {
        CheckFile();
        var log = FileIdentity.OfEntry(Path + "-wal");
        if (_log == FileIdentity.Missing)
        {
            _log = log;
        }
        else if (log != _log)
        {
            throw new StoreReplacedException(Path + "-wal");
        }
    }

    /// <summary>Refuses to open a file of the same name.</summary>
    /// <exception cref="StoreReplacedException">It was deleted, moved or replaced.</exception>
    public void CheckFile()
    {
        if (_handle is not null)
        {
            _identity.CheckEntry(Path);
        }
        else if (FileIdentity.Of(Path) == FileIdentity.Missing)
        {
            throw new StoreReplacedException(Path);
        }
    }

    /// <summary>Gives the file up, when nothing in the store has it open.</summary>
    public void Dispose()
    {
        if (_handle is not null)
        {
            lock (Taken)
            {
                Taken.Remove(_identity);
                if (!_handle.IsClosed)
                {
                    FileLock.Release(_handle);
                    _handle.Dispose();
                }
            }
        }

        _lock.Dispose();
    }

    private static SafeFileHandle Open(string path)
    {
        try
        {
            return File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StoreLock.Explain(e, path, "the store has to write to it, and cannot");
        }
    }
}
