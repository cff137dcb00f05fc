using Microsoft.Win32.SafeHandles;

namespace AgentFlow;

/// <summary>
/// Reads entries of directories that other programs may write to. Opening a pipe waits for a writer, and a device may have no end, so neither is opened.
/// </summary>
internal static class PlainFile
{
    private const int TooManyOpenInSystem = 23;
    private const int TooManyOpen = 24;
    private const int TooManyOpenOnWindows = unchecked((int)0x80070004);

    /// <summary>Opens a file to read it.</summary>
    /// <exception cref="IOException">It is not a file, or it cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It must not be opened.</exception>
    public static SafeFileHandle Open(string path)
    {
        Check(path);
        return File.OpenHandle(path);
    }

    /// <summary>Reads a file from a place on, as far as it reaches now.</summary>
    /// <exception cref="IOException">It is not a file, is longer than memory can hold, or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It must not be read.</exception>
    public static byte[] ReadAll(string path)
    {
        using var file = Open(path);
        return ReadFrom(file, 0, path);
    }

    /// <summary>Reads what is open from a place on, as far as it reaches now.</summary>
    /// <exception cref="IOException">It is longer than memory can hold, or cannot be read.</exception>
    public static byte[] ReadFrom(SafeFileHandle file, long start, string path)
    {
        var length = RandomAccess.GetLength(file);
        if (length > Array.MaxLength)
        {
            throw new IOException($"'{path}' has {length} bytes, which is more than can be read at once.");
        }

        var content = new byte[Math.Max(0, length - start)];
        var read = Read(file, content, start);
        return read == content.Length ? content : content[..read];
    }

    /// <summary>Fills a buffer as far as the file reaches.</summary>
    public static int Read(SafeFileHandle file, Span<byte> buffer, long offset)
    {
        var read = 0;
        while (read < buffer.Length && RandomAccess.Read(file, buffer[read..], offset + read) is var more and > 0)
        {
            read += more;
        }

        return read;
    }

    /// <summary>Refuses an entry that is not a file. A missing one passes.</summary>
    /// <param name="path">The path.</param>
    /// <param name="mayBeEmpty">Whether a file without content is one for the caller: not every system tells it from a pipe.</param>
    /// <exception cref="IOException">A directory, a pipe, a socket or a device is there.</exception>
    public static void Check(string path, bool mayBeEmpty = false)
    {
        if (WhatElse(path, mayBeEmpty) is { } what)
        {
            throw new IOException($"'{path}' is {what}, not a file.");
        }
    }

    /// <summary>Whether an exception concerns only the file that was opened or read. That the process has too many files open concerns every file.</summary>
    public static bool IsOfOneFile(Exception e) => e is UnauthorizedAccessException or IOException { HResult: not (TooManyOpen or TooManyOpenInSystem or TooManyOpenOnWindows) };

    /// <summary>Names an entry that is not a file.</summary>
    /// <param name="path">The path.</param>
    /// <param name="mayBeEmpty">Whether a file without content is one for the caller: not every system tells it from a pipe.</param>
    /// <returns>Its kind, for errors; null if a file is there, or nothing.</returns>
    public static string? WhatElse(string path, bool mayBeEmpty = false)
    {
        if (OperatingSystem.IsWindows())
        {
            return Directory.Exists(path) ? "a directory" : null;
        }

        if (FileIdentity.IsTold)
        {
            // A path that cannot be looked at passes: opening it says why.
            return FileIdentity.KindOf(path) switch
            {
                FileKind.Pipe => "a named pipe",
                FileKind.Socket => "a socket",
                FileKind.CharacterDevice or FileKind.BlockDevice => "a device",
                FileKind.Directory => "a directory",
                _ => null,
            };
        }

        // Here .NET knows only whether a path is a directory. A pipe or a device has no length, so an entry without one is not opened.
        return Directory.Exists(path) ? "a directory"
            : !mayBeEmpty && File.Exists(path) && new FileInfo(FileIdentity.RealPath(path)) is { Exists: true, Length: 0 } ? "empty, or a pipe, a socket or a device"
            : null;
    }
}
