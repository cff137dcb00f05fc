namespace AgentFlow;

/// <summary>A file beside those of a store that keeps other processes, and other stores of this one, away from them.</summary>
internal sealed class StoreLock : IDisposable
{
    private const int MaxAttempts = 10;
    private const int WouldBlock = 11;
    private const int WouldBlockOnMac = 35;
    private const int SharingViolation = unchecked((int)0x80070020);

    private readonly FileStream _file;
    private readonly string _path;
    private readonly FileIdentity _identity;

    private StoreLock(FileStream file, string path, FileIdentity identity)
    {
        _file = file;
        _path = path;
        _identity = identity;
    }

    /// <summary>Takes the lock.</summary>
    /// <param name="path">The lock's file, which is made if it is not there.</param>
    /// <param name="subject">What it guards, for errors.</param>
    /// <exception cref="StoreInUseException">Somebody has it.</exception>
    /// <exception cref="IOException">The file cannot be made or opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It must not be made or opened.</exception>
    public static StoreLock Take(string path, string subject)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var file = Open(path, subject);
            try
            {
                if (!FileLock.TryTake(file.SafeFileHandle))
                {
                    throw new StoreInUseException(subject);
                }

                // Whoever removes the file lets others lock another of its name: that one is to be locked then.
                var identity = FileIdentity.Of(file.SafeFileHandle);
                if (FileIdentity.Of(path) == identity)
                {
                    return new(file, path, identity);
                }
            }
            catch
            {
                file.Dispose();
                throw;
            }

            file.Dispose();
        }

        throw new StoreInUseException(subject);
    }

    /// <summary>Makes the directory of a store.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It must not be made.</exception>
    public static void CreateDirectory(string directory, string subject)
    {
        try
        {
            Directory.CreateDirectory(directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Explain(e, subject, $"its directory '{directory}' is not there and cannot be made");
        }
    }

    /// <summary>Refuses to go on when the lock no longer keeps others away.</summary>
    /// <exception cref="StoreReplacedException">Its file was deleted, moved or replaced, or the directory was.</exception>
    public void Check() => _identity.Check(_path);

    public void Dispose()
    {
        if (!_file.SafeFileHandle.IsClosed)
        {
            FileLock.Release(_file.SafeFileHandle);
            _file.Dispose();
        }
    }

    /// <summary>Says of an exception what it is about.</summary>
    public static Exception Explain(Exception e, string subject, string what)
    {
        var message = $"'{subject}' cannot be opened: {what}. {e.Message}";
        return e is UnauthorizedAccessException ? new UnauthorizedAccessException(message, e) : new IOException(message, e);
    }

    private static FileStream Open(string path, string subject)
    {
        try
        {
            PlainFile.Check(path, mayBeEmpty: true);
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (e.HResult == SharingViolation || (!OperatingSystem.IsWindows() && e.HResult == (OperatingSystem.IsMacOS() ? WouldBlockOnMac : WouldBlock)))
        {
            throw new StoreInUseException(subject, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Explain(e, subject, $"the store has to make and write files in '{System.IO.Path.GetDirectoryName(path)}', and cannot");
        }
    }
}
