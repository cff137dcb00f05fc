namespace AgentFlow.AI;

/// <summary>Which files a <see cref="FileSearch"/> reads, and how much of them.</summary>
public sealed class FileSearchOptions
{
    /// <summary>Text files of the usual kinds, within the bounds below.</summary>
    public static FileSearchOptions Default { get; } = new();

    /// <summary>The extensions of the files that are read, with their dots; case does not count. Default: texts, sources, and what configures them.</summary>
    public IReadOnlySet<string> Extensions { get; init; } = new HashSet<string>(StringComparer.OrdinalIgnoreCase)
    {
        ".md", ".txt", ".rst", ".adoc", ".cs", ".fs", ".vb", ".java", ".py", ".js", ".ts", ".go", ".rs", ".c", ".h", ".cpp", ".sql", ".html", ".css", ".json", ".xml", ".yaml", ".yml", ".toml", ".csv",
    };

    /// <summary>How many files are read at most. Default: 10,000.</summary>
    public int MaxFiles { get; init; } = 10_000;

    /// <summary>The largest file that is read, in bytes. Default: 1 MiB.</summary>
    public long MaxFileSize { get; init; } = 1024 * 1024;

    /// <summary>How much is read in all, in bytes. Default: 64 MiB.</summary>
    public long MaxTotalSize { get; init; } = 64L * 1024 * 1024;

    /// <summary>How many lines a passage has. Default: 12.</summary>
    public int PassageLines { get; init; } = 12;
}
