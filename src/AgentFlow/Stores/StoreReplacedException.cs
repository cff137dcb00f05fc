namespace AgentFlow;

/// <summary>
/// A file of a store was deleted, moved or replaced while the store had it open. Nothing is written to it any more: that would be lost. Close the
/// store, put the right files in place, and open it again.
/// </summary>
public sealed class StoreReplacedException : IOException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="path">The file.</param>
    public StoreReplacedException(string path)
        : base($"'{path}' was deleted, moved or replaced while a store had it open. Nothing was written. Close the store, put the right file in place, and open it again.") => Path = path;

    /// <summary>The file.</summary>
    public string Path { get; }
}
