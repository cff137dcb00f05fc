namespace AgentFlow;

/// <summary>How a <see cref="FileMemoryStore"/> writes.</summary>
public sealed class FileMemoryStoreOptions
{
    /// <summary>Flushed, and in clear.</summary>
    public static FileMemoryStoreOptions Default { get; } = new();

    /// <summary>
    /// Whether what a method has done is on the disk when it returns. Default: true; if false, it is with the operating system, and the last memories are lost when
    /// the machine, not the process, goes down.
    /// </summary>
    public bool FlushesToDisk { get; init; } = true;

    /// <summary>The keys that memories are encrypted with; lines in clear are still read, and encrypted when the file is next compacted. Default: none.</summary>
    public PayloadEncryption? Encryption { get; init; }
}
