namespace AgentFlow.AI;

/// <summary>What happened to one subject: in order, by time, and by meaning.</summary>
public sealed class EpisodicMemory
{
    private readonly LongTermMemory _memory;

    internal EpisodicMemory(LongTermMemory memory, string subject)
    {
        MemoryRecord.ValidateName(subject, nameof(subject));
        (_memory, Subject) = (memory, subject);
    }

    /// <summary>Whose memories.</summary>
    public string Subject { get; }

    /// <summary>Records that something happened in an action: once, however often the action is tried or repeated after a crash.</summary>
    /// <param name="context">The action. Of several episodes, each takes a part of its own.</param>
    /// <param name="text">What happened.</param>
    /// <param name="part">Which episode of the action this is. Default: the only one.</param>
    /// <param name="importance">How much it matters, 0 to 1.</param>
    /// <param name="cancellationToken">Stops the attempt.</param>
    /// <returns>The memory.</returns>
    public ValueTask<MemoryRecord> RecordAsync(ActionContext context, string text, string part = "", double importance = 0.5, CancellationToken cancellationToken = default) =>
        RecordAsync(context.SessionId, text, $"{context.IdempotencyKey}/{part}", importance, cancellationToken);

    /// <summary>Records that something happened.</summary>
    /// <param name="session">The session in which it happened, if it is known.</param>
    /// <param name="text">What happened.</param>
    /// <param name="key">What makes it one memory however often it is recorded. Default: none.</param>
    /// <param name="importance">How much it matters, 0 to 1.</param>
    /// <param name="cancellationToken">Stops the attempt.</param>
    /// <returns>The memory.</returns>
    public ValueTask<MemoryRecord> RecordAsync(string? session, string text, string? key = null, double importance = 0.5, CancellationToken cancellationToken = default) =>
        _memory.RememberAsync(new(Subject, text) { Kind = MemoryKind.Episodic, Session = session, Key = key, Importance = importance }, cancellationToken);

    /// <summary>Lists what happened, in order.</summary>
    /// <param name="query">Which; its subject and kind are this memory's. Default: the first 100.</param>
    /// <param name="cancellationToken">Stops the attempt.</param>
    /// <returns>The page.</returns>
    public ValueTask<MemoryPage> ListAsync(MemoryQuery? query = null, CancellationToken cancellationToken = default) =>
        _memory.ListAsync((query ?? new(Subject)) with { Subject = Subject, Kind = MemoryKind.Episodic }, cancellationToken);

    /// <summary>Recalls what fits a query.</summary>
    /// <param name="query">What it should be about.</param>
    /// <param name="options">Which are recalled; the kind is this memory's.</param>
    /// <param name="cancellationToken">Stops the attempt.</param>
    /// <returns>The memories, the best first.</returns>
    public ValueTask<IReadOnlyList<RecalledMemory>> RecallAsync(string query, RecallOptions? options = null, CancellationToken cancellationToken = default) =>
        _memory.RecallAsync(Subject, query, (options ?? RecallOptions.Default) with { Kind = MemoryKind.Episodic }, cancellationToken);
}
