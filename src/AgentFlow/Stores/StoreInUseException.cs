namespace AgentFlow;

/// <summary>A store cannot be opened because another process, or another store of this one, has its files.</summary>
public sealed class StoreInUseException : IOException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="path">The file or directory.</param>
    /// <param name="inner">What was thrown, or null.</param>
    public StoreInUseException(string path, Exception? inner = null)
        : base($"'{path}' is open in another process, or in another store of this one. A store has its files to itself: share the store, or take PostgreSQL for several processes.", inner) => Path = path;

    /// <summary>The file or directory, under its real name.</summary>
    public string Path { get; }
}
