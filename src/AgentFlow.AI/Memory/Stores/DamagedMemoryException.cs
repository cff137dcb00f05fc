namespace AgentFlow.AI;

/// <summary>The file of a <see cref="FileMemoryStore"/> is not what was written: truncated, or changed. Nothing was read from it, and nothing written to it.</summary>
public sealed class DamagedMemoryException : IOException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="path">The file.</param>
    /// <param name="what">What is damaged, and where.</param>
    /// <param name="innerException">What was found first.</param>
    public DamagedMemoryException(string path, string what, Exception? innerException = null)
        : base($"The memories in '{path}' are damaged: {what}. Restore the file from a backup.", innerException)
    {
    }
}
