namespace AgentFlow.AI;

/// <summary>What is so for one subject: each fact once, with its sources and how sure it is.</summary>
public sealed class SemanticMemory
{
    private readonly LongTermMemory _memory;

    internal SemanticMemory(LongTermMemory memory, string subject)
    {
        MemoryRecord.ValidateName(subject, nameof(subject));
        (_memory, Subject) = (memory, subject);
    }

    /// <summary>Whose memories.</summary>
    public string Subject { get; }

    /// <summary>
    /// Learns a fact. One with the same words is known already: its sources are joined, and if a new one is among them, its confidence rises to that of independent
    /// witnesses, 1 − (1 − a)(1 − b). One of the same topic that says otherwise takes the place of what was known, its sources and confidence included.
    /// </summary>
    /// <param name="text">The fact.</param>
    /// <param name="topic">What it tells, such as <c>home city</c>: there is one fact of a topic. Default: none.</param>
    /// <param name="sources">Where it is from. Default: nothing is known of that.</param>
    /// <param name="confidence">How sure it is, 0 to 1.</param>
    /// <param name="importance">How much it matters, 0 to 1.</param>
    /// <param name="session">The session in which it was learnt, if it is known.</param>
    /// <param name="cancellationToken">Stops the attempt.</param>
    /// <returns>The fact as it is known now.</returns>
    public ValueTask<MemoryRecord> LearnAsync(
        string text, string? topic = null, IReadOnlyList<string>? sources = null, double confidence = 1, double importance = 0.5, string? session = null, CancellationToken cancellationToken = default) =>
        _memory.RememberAsync(
            new(Subject, text) { Kind = MemoryKind.Semantic, Topic = topic, Sources = sources ?? [], Confidence = confidence, Importance = importance, Session = session }, cancellationToken);

    /// <summary>Lists facts, in the order in which they were first learnt.</summary>
    /// <param name="query">Which; its subject and kind are this memory's. Default: the first 100.</param>
    /// <param name="cancellationToken">Stops the attempt.</param>
    /// <returns>The page.</returns>
    public ValueTask<MemoryPage> ListAsync(MemoryQuery? query = null, CancellationToken cancellationToken = default) =>
        _memory.ListAsync((query ?? new(Subject)) with { Subject = Subject, Kind = MemoryKind.Semantic }, cancellationToken);

    /// <summary>Recalls what fits a query.</summary>
    /// <param name="query">What it should be about.</param>
    /// <param name="options">Which are recalled; the kind is this memory's.</param>
    /// <param name="cancellationToken">Stops the attempt.</param>
    /// <returns>The facts, the best first.</returns>
    public ValueTask<IReadOnlyList<RecalledMemory>> RecallAsync(string query, RecallOptions? options = null, CancellationToken cancellationToken = default) =>
        _memory.RecallAsync(Subject, query, (options ?? RecallOptions.Default) with { Kind = MemoryKind.Semantic }, cancellationToken);
}
