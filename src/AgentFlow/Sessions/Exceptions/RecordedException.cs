namespace AgentFlow;

/// <summary>A failure that was read from a journal: the exception itself was thrown in another process, or earlier.</summary>
public sealed class RecordedException : Exception
{
    private readonly string? _stackTrace;

    /// <summary>Creates the exception.</summary>
    /// <param name="type">The full name of the type that was thrown.</param>
    /// <param name="message">Its message.</param>
    /// <param name="stackTrace">Its stack, if it was recorded.</param>
    public RecordedException(string type, string message, string? stackTrace)
        : base(message)
    {
        Type = type;
        _stackTrace = stackTrace;
    }

    /// <summary>The full name of the type that was thrown.</summary>
    public string Type { get; }

    /// <inheritdoc />
    public override string? StackTrace => _stackTrace ?? base.StackTrace;

    /// <inheritdoc />
    public override string ToString() => $"{Type}: {Message}{(_stackTrace is null ? "" : Environment.NewLine + _stackTrace)}";
}
