namespace AgentFlow.AI;

/// <summary>A model gave no reply that fits the type it was asked for, corrections included.</summary>
public sealed class StructuredOutputException : Exception
{
    internal const int ReplyLimit = 4000;

    internal StructuredOutputException(Type type, string reply, IReadOnlyList<string> errors, int attempts)
        : base($"The model gave no valid {type.Name} in {attempts} {(attempts == 1 ? "attempt" : "attempts")}. The last reply: {string.Join(" ", errors)}")
    {
        Reply = reply.Length <= ReplyLimit ? reply : reply[..ReplyLimit] + "…";
        Errors = errors;
        Attempts = attempts;
    }

    /// <summary>The last reply, cut at 4,000 characters.</summary>
    public string Reply { get; }

    /// <summary>What was wrong with it: where, what was expected, what was found.</summary>
    public IReadOnlyList<string> Errors { get; }

    /// <summary>How often the model was asked.</summary>
    public int Attempts { get; }
}
