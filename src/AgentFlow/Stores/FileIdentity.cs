using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace AgentFlow;

/// <summary>What a file is, whatever it is called: its device, and its number there. Two that are equal are one file.</summary>
/// <remarks>On systems that do not tell (all but Linux), any file that exists is equal to any other: then only that one is missing is noticed.</remarks>
internal readonly partial record struct FileIdentity(ulong Device, ulong Number)
{
    /// <summary>The size of what statx(2) fills.</summary>
    private const int Fields = 256;
    private const int NoEntry = 2;
    private const int NotADirectory = 20;
    private const int CurrentDirectory = -100;
    private const int EmptyPath = 0x1000;
    private const int NoFollow = 0x100;
    private const int KindMask = 0xf000;
    private const uint BasicFields = 0x7ff;

    /// <summary>No file.</summary>
    public static FileIdentity Missing => default;

    /// <summary>Whether the system tells one file from another.</summary>
    public static bool IsTold { get; } = OperatingSystem.IsLinux() && Environment.Is64BitProcess && NativeLibrary.TryLoad("libc", typeof(FileIdentity).Assembly, null, out var libc) && NativeLibrary.TryGetExport(libc, "statx", out _);

    /// <summary>Reads what a path leads to, links followed.</summary>
    /// <exception cref="IOException">It cannot be read, which is not to say that nothing is there.</exception>
    public static FileIdentity Of(string path) => Of(path, out _);

    /// <summary>Reads what a path leads to, links followed.</summary>
    /// <param name="path">The path.</param>
    /// <param name="names">How many names the file has (hard links).</param>
    /// <exception cref="IOException">It cannot be read, which is not to say that nothing is there.</exception>
    public static FileIdentity Of(string path, out uint names)
    {
        if (!IsTold)
        {
            names = 1;
            return Path.Exists(path) ? new(0, 1) : Missing;
        }

        return Read(CurrentDirectory, path, 0, path, out names);
    }

    /// <summary>Reads what has a path, which may be a symbolic link itself.</summary>
    /// <exception cref="IOException">It cannot be read, which is not to say that nothing is there.</exception>
    public static FileIdentity OfEntry(string path) => IsTold ? Read(CurrentDirectory, path, NoFollow, path, out _) : Of(path);

    /// <summary>What a path leads to, links followed. Only where <see cref="IsTold"/>.</summary>
    /// <returns>What is there; <see cref="FileKind.None"/> if nothing is, or if it must not be looked at.</returns>
    public static FileKind KindOf(string path)
    {
        Span<byte> fields = stackalloc byte[Fields];
        return Statx(CurrentDirectory, path, 0, BasicFields, ref MemoryMarshal.GetReference(fields)) == 0
            ? (FileKind)(MemoryMarshal.Read<ushort>(fields[28..]) & KindMask)
            : FileKind.None;
    }

    /// <summary>Reads what is open.</summary>
    public static FileIdentity Of(SafeFileHandle file)
    {
        if (!IsTold)
        {
            return new(0, 1);
        }

        var isCounted = false;
        try
        {
            file.DangerousAddRef(ref isCounted);
            return Read((int)file.DangerousGetHandle(), "", EmptyPath, "a file that is open", out _);
        }
        finally
        {
            if (isCounted)
            {
                file.DangerousRelease();
            }
        }
    }

    /// <summary>The name of a file behind symbolic links.</summary>
    /// <exception cref="IOException">The links lead in a circle.</exception>
    public static string RealPath(string path)
    {
        // Links among its directories do not matter: what lies beside the file is found by the same way.
        var full = Path.GetFullPath(path);
        try
        {
            return File.ResolveLinkTarget(full, returnFinalTarget: true)?.FullName ?? full;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return full;
        }
    }

    /// <summary>Refuses to go on with a file that is no longer where it was.</summary>
    /// <exception cref="StoreReplacedException">It was deleted, moved or replaced.</exception>
    public void Check(string path)
    {
        if (Of(path) != this)
        {
            throw new StoreReplacedException(path);
        }
    }

    /// <summary>Refuses to go on with a file that is no longer where it was, or that only a symbolic link leads to now.</summary>
    /// <exception cref="StoreReplacedException">It was deleted, moved or replaced.</exception>
    public void CheckEntry(string path)
    {
        if (OfEntry(path) != this)
        {
            throw new StoreReplacedException(path);
        }
    }

    private static FileIdentity Read(int directory, string path, int flags, string name, out uint names)
    {
        // The structure is the same on every architecture; see statx(2).
        Span<byte> fields = stackalloc byte[Fields];
        names = 0;
        if (Statx(directory, path, flags, BasicFields, ref MemoryMarshal.GetReference(fields)) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            return error is NoEntry or NotADirectory ? Missing : throw new IOException($"'{name}' cannot be looked at: {Marshal.GetPInvokeErrorMessage(error)}.", error);
        }

        names = MemoryMarshal.Read<uint>(fields[16..]);
        return new(((ulong)MemoryMarshal.Read<uint>(fields[136..]) << 32) | MemoryMarshal.Read<uint>(fields[140..]), MemoryMarshal.Read<ulong>(fields[32..]));
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int directory, string path, int flags, uint mask, ref byte fields);
}
