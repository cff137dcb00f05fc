namespace AgentFlow;

/// <summary>What a store of memories holds is not what was written: truncated, or changed. Nothing was read from it, and nothing written to it.</summary>
public sealed class DamagedMemoryException : IOException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="path">The file, or the database.</param>
    /// <param name="what">What is damaged, and where.</param>
    /// <param name="innerException">What was found first.</param>
    public DamagedMemoryException(string path, string what, Exception? innerException = null)
        : base($"The memories in '{path}' are damaged: {what}. Restore them from a backup.", innerException)
    {
    }
}
