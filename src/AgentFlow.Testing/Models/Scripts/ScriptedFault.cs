namespace AgentFlow.Testing;

/// <summary>What goes wrong with a scripted reply. A <see cref="ChatServer"/> does it on the wire; a <see cref="ScriptedChatClient"/> throws what a client makes of it.</summary>
public sealed class ScriptedFault
{
    private ScriptedFault(FaultKind kind, int number = 0, TimeSpan? retryAfter = null, string? code = null)
    {
        Kind = kind;
        Number = number;
        RetryAfter = retryAfter;
        Code = code;
    }

    /// <summary>The connection is closed before any of the answer is sent.</summary>
    public static ScriptedFault CutBeforeAnswer { get; } = new(FaultKind.CutBefore);

    /// <summary>The answer's body is cut off in the middle of its JSON; in a stream, the second chunk is.</summary>
    public static ScriptedFault MalformedJson { get; } = new(FaultKind.Malformed);

    internal FaultKind Kind { get; }

    /// <summary>The status, or the number of chunks.</summary>
    internal int Number { get; }

    internal TimeSpan? RetryAfter { get; }

    internal string? Code { get; }

    /// <summary>The answer is an error with a status.</summary>
    /// <param name="status">The HTTP status, from 400 to 599.</param>
    /// <param name="retryAfter">The header <c>Retry-After</c>, in whole seconds. Default: none.</param>
    /// <param name="code">The code in the error's body. Default: none.</param>
    /// <returns>The fault.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The status is no error, or the time negative.</exception>
    public static ScriptedFault Status(int status, TimeSpan? retryAfter = null, string? code = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(status, 400);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(status, 599);
        ArgumentOutOfRangeException.ThrowIfLessThan(retryAfter ?? TimeSpan.Zero, TimeSpan.Zero, nameof(retryAfter));
        return new(FaultKind.Status, status, retryAfter, code);
    }

    /// <summary>The connection is closed within the answer: in a stream after some chunks of text, otherwise in the middle of the body.</summary>
    /// <param name="chunks">How many chunks of text come through. If the reply has fewer, all of them, but no end.</param>
    /// <returns>The fault.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative.</exception>
    public static ScriptedFault CutAfter(int chunks)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(chunks);
        return new(FaultKind.CutWithin, chunks);
    }

    /// <inheritdoc />
    public override string ToString() => Kind is FaultKind.Status or FaultKind.CutWithin ? $"{Kind} {Number}" : Kind.ToString();
}
