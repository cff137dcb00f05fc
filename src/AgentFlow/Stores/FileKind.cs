namespace AgentFlow;

/// <summary>What is at a path: the bits of a file's mode that say so; see inode(7).</summary>
internal enum FileKind
{
    /// <summary>Nothing, or what has no name here.</summary>
    None = 0,

    /// <summary>A named pipe.</summary>
    Pipe = 0x1000,

    /// <summary>A device that is read character by character.</summary>
    CharacterDevice = 0x2000,

    /// <summary>A directory.</summary>
    Directory = 0x4000,

    /// <summary>A device that is read block by block.</summary>
    BlockDevice = 0x6000,

    /// <summary>A file.</summary>
    File = 0x8000,

    /// <summary>A symbolic link.</summary>
    Link = 0xa000,

    /// <summary>A socket.</summary>
    Socket = 0xc000,
}
