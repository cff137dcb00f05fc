using Microsoft.Win32.SafeHandles;

namespace AgentFlow;

/// <summary>
/// Keeps memories in one file of JSON lines, each with a checksum, written at the end; lines that no longer count are taken out by writing the file anew, whole or
/// not at all. All memories are held in memory besides. One process at a time may open the file. If it is deleted, moved or replaced while it is open, whatever writes throws a <see cref="StoreReplacedException"/>.
/// </summary>
/// <remarks>
/// A line cut short at the end of the file, as a crash leaves it, was never acknowledged, and is dropped. Any other damage is a
/// <see cref="DamagedMemoryException"/>, and the file is left alone. Calls write synchronously, under one lock.
/// </remarks>
public sealed class FileMemoryStore : IMemoryStore, IDisposable
{
    /// <summary>Fewer lines that no longer count are not worth a new file.</summary>
    private const int MinStale = 1000;

    private readonly Lock _gate = new();
    private readonly string _path;
    private readonly FileMemoryStoreOptions _options;
    private readonly StoreLock _lock;
    private MemoryTable _table;
    private SafeFileHandle? _file;
    private FileIdentity _identity;
    private long _length;
    private long _lines;

    /// <summary>Opens a file, or makes it.</summary>
    /// <param name="path">The file; its folder has to exist. A file of the same name with <c>.lock</c> after it is kept beside it.</param>
    /// <param name="options">How it is written. Default: <see cref="FileMemoryStoreOptions.Default"/>.</param>
    /// <exception cref="DamagedMemoryException">It is not what was written.</exception>
    /// <exception cref="StoreInUseException">Another store has it open, by whatever name.</exception>
    /// <exception cref="IOException">It cannot be opened or made: the message says why. A file with several names (hard links) is refused.</exception>
    /// <exception cref="UnauthorizedAccessException">The file, or its folder, must not be written to.</exception>
    public FileMemoryStore(string path, FileMemoryStoreOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _path = FileIdentity.RealPath(path);
        _options = options ?? FileMemoryStoreOptions.Default;
        PlainFile.Check(_path, mayBeEmpty: true);
        _lock = StoreLock.Take(_path + ".lock", _path);
        try
        {
            FileIdentity.Of(_path, out var names);
            if (names > 1)
            {
                throw new IOException($"'{_path}' cannot be opened: the file has {names} names (hard links), and is written anew under one of them. Copy the file instead.");
            }

            if (!Path.Exists(_path))
            {
                _table = new();
                WriteWhole(_table);
                return;
            }

            var content = PlainFile.ReadAll(_path);
            _table = MemoryLog.Read(content, _path, _options.Encryption, out _lines, out var length);
            Open(length);
            if (length < content.Length)
            {
                RandomAccess.SetLength(_file!, length);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <inheritdoc />
    public ValueTask<MemoryRecord> AddAsync(MemoryRecord memory, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(memory);
        memory.Validate();
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            ThrowIfClosed();
            if (_table.Find(memory.Subject, memory.Id) is { } there)
            {
                return new(there);
            }

            memory = memory with { Sequence = _table.Last + 1 };
            Append([new() { Put = memory }]);
            _table.Put(memory);
            return new(memory);
        }
    }

    /// <inheritdoc />
    public ValueTask<int> UpdateAsync(IReadOnlyList<MemoryRecord> memories, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(memories);
        foreach (var memory in memories)
        {
            memory.Validate();
        }

        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            ThrowIfClosed();
            var there = memories.Where(memory => _table.Find(memory.Subject, memory.Id) is not null).ToList();
            Append(there.Select(memory => new MemoryOperation { Put = memory with { Sequence = _table.Find(memory.Subject, memory.Id)!.Sequence } }));
            there.ForEach(_table.Put);
            CompactIfStale();
            return new(there.Count);
        }
    }

    /// <inheritdoc />
    public ValueTask<int> DeleteAsync(string subject, IReadOnlyList<string> ids, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(subject);
        ArgumentNullException.ThrowIfNull(ids);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            ThrowIfClosed();
            var there = ids.Distinct(StringComparer.Ordinal).Where(id => _table.Find(subject, id) is not null).ToList();
            Append(there.Select(id => new MemoryOperation { Delete = new(subject, id) }));
            there.ForEach(id => _table.Remove(subject, id));
            CompactIfStale();
            return new(there.Count);
        }
    }

    /// <inheritdoc />
    public ValueTask<int> DeleteSubjectAsync(string subject, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(subject);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            ThrowIfClosed();

            // Memories that were deleted before may still be in the file, so it is written anew even if there are none now.
            var left = new MemoryTable { Last = _table.Last };
            foreach (var memory in _table.All.Where(memory => memory.Subject != subject))
            {
                left.Put(memory);
            }

            WriteWhole(left);
            var deleted = _table.Count - left.Count;
            _table = left;
            return new(deleted);
        }
    }

    /// <inheritdoc />
    public ValueTask<MemoryPage> ListAsync(MemoryQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            ThrowIfClosed();
            return new(_table.List(query));
        }
    }

    /// <summary>Writes the file anew, without what was deleted or replaced.</summary>
    public void Compact()
    {
        lock (_gate)
        {
            ThrowIfClosed();
            WriteWhole(_table);
        }
    }

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _file?.Dispose();
            _lock.Dispose();
        }
    }

    private void CompactIfStale()
    {
        if (_lines - _table.Count > Math.Max(MinStale, _table.Count))
        {
            WriteWhole(_table);
        }
    }

    private void Append(IEnumerable<MemoryOperation> operations)
    {
        var content = new MemoryStream();
        var lines = _lines;
        foreach (var operation in operations)
        {
            MemoryLog.Write(content, operation, lines++, _options.Encryption);
        }

        if (content.Length == 0)
        {
            return;
        }

        Check();
        try
        {
            DurableFile.Append(_file!, _length, content.GetBuffer().AsSpan(0, (int)content.Length), _options.FlushesToDisk);
        }
        catch
        {
            // Part of it may be there, and a whole line would count at the next opening. If it cannot be taken back, nothing more is written.
            try
            {
                RandomAccess.SetLength(_file!, _length);
            }
            catch (IOException)
            {
                Dispose();
            }

            throw;
        }

        _length += content.Length;
        _lines = lines;
    }

    private void WriteWhole(MemoryTable table)
    {
        var content = new MemoryStream();
        var lines = 0L;
        MemoryLog.Write(content, new() { Format = new(MemoryLog.Version, table.Last) }, lines++, _options.Encryption);
        foreach (var memory in table.All)
        {
            MemoryLog.Write(content, new() { Put = memory }, lines++, _options.Encryption);
        }

        var bytes = content.GetBuffer().AsSpan(0, (int)content.Length);
        Check();
        DurableFile.Create(_path, bytes, replaces: true);
        _lines = lines;
        Open(content.Length);
    }

    private void Open(long length)
    {
        _file?.Dispose();
        _file = File.OpenHandle(_path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read);
        _identity = FileIdentity.Of(_file);
        _length = length;
    }

    /// <summary>Refuses to write to a file that is no longer there under its name, or that others may have by now.</summary>
    private void Check()
    {
        _lock.Check();
        if (_file is not null)
        {
            _identity.CheckEntry(_path);
        }
    }

    private void ThrowIfClosed() => ObjectDisposedException.ThrowIf(_file is null || _file.IsClosed, this);
}
