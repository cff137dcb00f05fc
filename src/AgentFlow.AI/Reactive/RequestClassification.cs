namespace AgentFlow.AI;

/// <summary>What a request is about.</summary>
/// <param name="Name">The class: the name of a <see cref="ReactiveHandler"/>. Null, or one that no handler has: none is known.</param>
/// <param name="Confidence">How sure that is, from 0 to 1.</param>
/// <param name="Candidates">All classes that come into question, the likeliest first.</param>
public sealed record RequestClassification(string? Name, double Confidence, string[] Candidates)
{
    /// <summary>Nothing is known.</summary>
    public static RequestClassification Unknown { get; } = new(null, 0, []);
}
