namespace AgentFlow.AI;

/// <summary>What is to be remembered.</summary>
/// <param name="Subject">Whose memory it is: a user, a customer, a project.</param>
/// <param name="Text">The memory, in words.</param>
public sealed record MemoryDraft(string Subject, string Text)
{
    /// <summary>What it is of. Default: <see cref="MemoryKind.Episodic"/>.</summary>
    public MemoryKind Kind { get; init; }

    /// <summary>The session in which it happened. Default: not known.</summary>
    public string? Session { get; init; }

    /// <summary>
    /// What makes it one memory however often it is added, such as <see cref="ActionContext.IdempotencyKey"/>: an action that is repeated after a crash does not
    /// remember twice. Default: none; each addition is a memory.
    /// </summary>
    public string? Key { get; init; }

    /// <summary>What a fact tells; see <see cref="MemoryRecord.Topic"/>. Default: none.</summary>
    public string? Topic { get; init; }

    /// <summary>Where it is from. Default: nothing is known of that.</summary>
    public IReadOnlyList<string> Sources { get; init; } = [];

    /// <summary>How much it matters, 0 to 1. Default: 0.5.</summary>
    public double Importance { get; init; } = 0.5;

    /// <summary>How sure it is, 0 to 1. Default: 1.</summary>
    public double Confidence { get; init; } = 1;

    /// <summary>Says nothing of the text: texts belong into no log.</summary>
    /// <returns>The kind.</returns>
    public override string ToString() => $"{Kind} draft";
}
