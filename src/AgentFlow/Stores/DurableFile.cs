using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace AgentFlow;

/// <summary>Files that are on the disk when a method returns.</summary>
internal static partial class DurableFile
{
    /// <summary>What the names of temporary files end with.</summary>
    public const string Temporary = ".new";

    private const int ReadOnly = 0;

    /// <summary>Makes a file whole or not at all: a temporary file, flushed, renamed, its directory flushed.</summary>
    /// <param name="path">The file.</param>
    /// <param name="content">What it holds.</param>
    /// <param name="replaces">Whether there may be one of that name.</param>
    /// <param name="isShared">Whether others may write a file of that name at the same time: each writes a temporary file of its own.</param>
    public static void Create(string path, ReadOnlySpan<byte> content, bool replaces = false, bool isShared = false)
    {
        var temporary = isShared ? $"{path}.{Guid.NewGuid():n}{Temporary}" : path + Temporary;
        try
        {
            WriteTemporary(temporary, content, flushes: true);
            File.Move(temporary, path, overwrite: replaces);
        }
        catch
        {
            // It would go on taking room on a disk that is full.
            TryDelete(temporary);
            throw;
        }

        FlushDirectory(Path.GetDirectoryName(path)!);
    }

    /// <summary>Writes a file that is to be renamed.</summary>
    /// <remarks>What has its name is removed, not opened: it may be a pipe, or a link to a file of somebody else.</remarks>
    public static void WriteTemporary(string path, ReadOnlySpan<byte> content, bool flushes)
    {
        File.Delete(path);
        using var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write);
        RandomAccess.Write(file, content, 0);
        if (flushes)
        {
            RandomAccess.FlushToDisk(file);
        }
    }

    /// <summary>Writes at the end of a file, and flushes it if asked to.</summary>
    public static void Append(SafeFileHandle file, long length, ReadOnlySpan<byte> content, bool flushes)
    {
        RandomAccess.Write(file, content, length);
        if (flushes)
        {
            RandomAccess.FlushToDisk(file);
        }
    }

    public static void Delete(string path)
    {
        File.Delete(path);
        FlushDirectory(Path.GetDirectoryName(path)!);
    }

    /// <summary>Deletes a file that nothing depends on.</summary>
    public static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Nothing depends on it.
        }
    }

    /// <summary>Makes the names in a directory durable. Windows does so by itself.</summary>
    private static void FlushDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var descriptor = Open(path, ReadOnly);
        if (descriptor < 0)
        {
            throw new IOException($"Cannot open directory '{path}': error {Marshal.GetLastPInvokeError()}.");
        }

        var result = Flush(descriptor);
        var error = Marshal.GetLastPInvokeError();
        _ = Close(descriptor);
        if (result != 0)
        {
            throw new IOException($"Cannot flush directory '{path}': error {error}.");
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Flush(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
