using Microsoft.Win32.SafeHandles;

namespace AgentFlow;

/// <summary>
/// A session's file. What it says is in memory only while somebody owns the session, and then from the last point on; the rest is read when it
/// is asked for. Guarded by itself.
/// </summary>
internal sealed class SessionFile(string path)
{
    private const int MaxTail = 64;

    private StoredSession? _session;
    private SafeFileHandle? _file;

    /// <summary>Which file it is, since it was read first: one that takes its place is another.</summary>
    private FileIdentity _identity;

    /// <summary>Whether a symbolic link led to it when it was read first.</summary>
    private bool _isLinked;

    /// <summary>The last bytes that were read or written. Nobody else changes them while the store has the directory.</summary>
    private byte[] _tail = [];

    /// <summary>Whether a write has failed of which nobody knows how much is there.</summary>
    private bool _isUnsure;
    private int _length;
    private bool _hasNews;

    /// <summary>Where the last frame begins that was written here; -1 if none was.</summary>
    private int _lastFrame = -1;
    private byte[] _lastHeader = [];

    public string Path => path;

    public SessionInfo? Info { get; private set; }

    public StoredSession Session => _session ?? Load() ?? throw new DamagedSessionException(Info?.Id ?? path, "its file is gone");

    private string PointPath => path + ".point";

    /// <summary>Reads a file from its beginning.</summary>
    /// <exception cref="DamagedSessionException">It is damaged, or cannot be read.</exception>
    public static StoredSession? Check(string path, string name)
    {
        try
        {
            var length = 0;
            return SessionLog.Read(PlainFile.ReadAll(path), name, null, ref length);
        }
        catch (Exception e) when (PlainFile.IsOfOneFile(e))
        {
            throw Unreadable(name, path, e);
        }
    }

    public bool IsDue(DateTimeOffset now)
    {
        lock (this)
        {
            return _session?.IsDue(now) ?? Info!.State switch
            {
                SessionState.Created or SessionState.Running => true,
                SessionState.Suspended => Info.WakeAt <= now || _hasNews,
                _ => false,
            };
        }
    }

    public StoredSession? Load()
    {
        try
        {
            if (Info is not null)
            {
                CheckPlace(isThere: false);
            }

            using var file = PlainFile.Open(path);
            var identity = FileIdentity.Of(file);
            if (Info is not null && (identity != _identity || !EndsAsItDid(file)))
            {
                throw new StoreReplacedException(path);
            }

            if (Info is null)
            {
                _identity = identity;
                _isLinked = FileIdentity.OfEntry(path) != identity;
            }

            var point = ReadPoint(file, out var length);
            var start = length;
            var rest = PlainFile.ReadFrom(file, length, path);
            var session = SessionLog.Read(rest, Info?.Id ?? System.IO.Path.GetFileName(path), point is null ? null : StoredSession.Restore(point), ref length);
            if (Info is not null && !_isUnsure && length != _length)
            {
                // Somebody else has added to it.
                throw new StoreReplacedException(path);
            }

            _session = session;
            _length = length;
            _isUnsure = false;
            Remember(rest.AsSpan(0, Math.Min(rest.Length, Math.Max(0, length - start))));
            Info = _session?.Info;
            return _session;
        }
        catch (DamagedSessionException) when (Info is null)
        {
            return null;
        }
        catch (FileNotFoundException e) when (Info is not null)
        {
            throw new DamagedSessionException(Info.Id, "its file is gone", e);
        }
        catch (Exception e) when (Info is null && PlainFile.IsOfOneFile(e))
        {
            // A store that is being opened has other sessions to read.
            return null;
        }
        catch (UnauthorizedAccessException e)
        {
            throw Unreadable(Info?.Id ?? path, path, e);
        }
    }

    /// <summary>The session with nothing missing.</summary>
    public StoredSession Whole()
    {
        var session = Session;
        if (!session.IsWhole)
        {
            // Some systems let nobody read what is open for writing.
            Close();
            var whole = Check(path, session.Info.Id);
            try
            {
                session.Complete(whole ?? throw new FormatException("Nothing is there."));
            }
            catch (FormatException e)
            {
                throw new DamagedSessionException(session.Info.Id, "the beginning of its file is not what it was", e);
            }
        }

        return session;
    }

    /// <summary>Adds a frame. If it cannot be written whole, the file is cut back to what it was.</summary>
    public void Write(byte[] frame, bool flushes)
    {
        _ = Session;
        if (_file is null)
        {
            CheckPlace(isThere: true);
            _file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
        }

        // What is written to a file that has no name any more is lost with it.
        CheckPlace(isThere: true);
        try
        {
            if (RandomAccess.GetLength(_file) > _length)
            {
                RandomAccess.SetLength(_file, _length);
            }

            DurableFile.Append(_file, _length, frame, flushes);
            (_lastFrame, _lastHeader) = (_length, frame[..SessionLog.HeaderSize]);
            _length += frame.Length;
            Remember(frame);
        }
        catch (IOException)
        {
            if (!TryCutBack())
            {
                // What it says on the disk is not known: read it again before anything else is done to it.
                _session = null;
                _isUnsure = true;
                Close();
            }

            throw;
        }
    }

    /// <summary>Notes beside the file how the session stands after what was just written. Nothing is lost if that fails.</summary>
    public void Mark()
    {
        var temporary = PointPath + ".new";
        try
        {
            DurableFile.WriteTemporary(temporary, _session!.ToPoint().ToFile(new LogPlace(_length, _lastFrame, _lastHeader)), flushes: false);
            File.Move(temporary, PointPath, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            DurableFile.TryDelete(temporary);
        }
    }

    /// <summary>Keeps in memory what lists need; the rest only while somebody owns the session.</summary>
    public void Settle()
    {
        Info = _session!.Info;
        _hasNews = _session.Signals.Count > 0 && _session.Signals[^1].Number > Info.SignalsSeen;
        Unload();
    }

    public void Unload()
    {
        if (_session is { Info.Owner: null })
        {
            Info = _session.Info;
            _hasNews = _session.Signals.Count > 0 && _session.Signals[^1].Number > Info.SignalsSeen;
            _session = null;
            Close();
        }
    }

    public void Close()
    {
        _file?.Dispose();
        _file = null;
    }

    public void Delete()
    {
        Close();
        DurableFile.TryDelete(PointPath);
        DurableFile.Delete(path);
    }

    private void Remember(ReadOnlySpan<byte> end) => _tail = end[^Math.Min(end.Length, MaxTail)..].ToArray();

    /// <summary>Refuses to go on with what has taken the file's place, be it a link to where the file is now: others may have it there.</summary>
    private void CheckPlace(bool isThere)
    {
        var there = _isLinked ? FileIdentity.Of(path) : FileIdentity.OfEntry(path);
        if (there != _identity && (isThere || there != FileIdentity.Missing))
        {
            throw new StoreReplacedException(path);
        }
    }

    private static DamagedSessionException Unreadable(string session, string path, Exception e) =>
        DamagedSessionException.Unusable(session, path, $"cannot be read: {e.Message}", e);

    /// <summary>Whether what was read or written last still stands where it stood.</summary>
    private bool EndsAsItDid(SafeFileHandle file)
    {
        if (_isUnsure)
        {
            return true;
        }

        var end = new byte[_tail.Length];
        return RandomAccess.GetLength(file) >= _length
            && PlainFile.Read(file, end, _length - _tail.Length) == end.Length
            && end.AsSpan().SequenceEqual(_tail);
    }

    private bool TryCutBack()
    {
        try
        {
            RandomAccess.SetLength(_file!, _length);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>The point beside the file, if it was made of this very file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="length">How much of the file it stands for.</param>
    private SessionPoint? ReadPoint(SafeFileHandle file, out int length)
    {
        length = 0;
        if (!File.Exists(PointPath))
        {
            return null;
        }

        byte[] content;
        try
        {
            content = PlainFile.ReadAll(PointPath);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        if (SessionPoint.Read(content, out var place) is not { } point)
        {
            return null;
        }

        var header = new byte[SessionLog.HeaderSize];
        if (place.LastFrame < 0
            || place.Length < place.LastFrame
            || RandomAccess.GetLength(file) < place.Length
            || PlainFile.Read(file, header, place.LastFrame) < header.Length
            || !header.AsSpan().SequenceEqual(place.LastHeader))
        {
            return null;
        }

        length = place.Length;
        return point;
    }
}
