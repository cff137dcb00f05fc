namespace AgentFlow.Testing;

/// <summary>A store does not do what <see cref="ISessionStore"/>, or <see cref="IMemoryStore"/>, asks of it.</summary>
public sealed class ConformanceException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What it did instead.</param>
    public ConformanceException(string message)
        : base(message)
    {
    }
}
