using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace AgentFlow;

/// <summary>
/// A lock on what a file is, whatever it is called and from wherever it is seen. It belongs to what was opened (an "open file description" lock),
/// so it does not meddle with the locks that SQLite takes, and ends with the process.
/// </summary>
internal static partial class FileLock
{
    private const int SetLock = 37;
    private const short Write = 1;
    private const short Unlock = 2;
    private const int Again = 11;
    private const int Denied = 13;

    /// <summary>A byte that nobody writes, and far from those that SQLite locks.</summary>
    private const long Place = 1L << 61;

    /// <summary>Locks a file as long as it is open.</summary>
    /// <returns>False if it is locked already. True as well where the system has no such locks.</returns>
    public static bool TryTake(SafeFileHandle file) => Set(file, Write);

    /// <summary>Gives a lock up. To close the file is not enough: a process that is just being started has it open as well, for a moment.</summary>
    public static void Release(SafeFileHandle file) => Set(file, Unlock);

    private static bool Set(SafeFileHandle file, short type)
    {
        if (!OperatingSystem.IsLinux() || !Environment.Is64BitProcess)
        {
            return true;
        }

        var isCounted = false;
        try
        {
            file.DangerousAddRef(ref isCounted);
            var range = new Range { Type = type, Start = Place, Length = 1 };
            return Control((int)file.DangerousGetHandle(), SetLock, ref range) == 0 || Marshal.GetLastPInvokeError() is not (Again or Denied);
        }
        finally
        {
            if (isCounted)
            {
                file.DangerousRelease();
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(int descriptor, int command, ref Range range);

    /// <summary><c>struct flock</c> of 64-bit Linux.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Range
    {
        public short Type;
        public short Whence;
        public long Start;
        public long Length;
        public int Process;
    }
}
