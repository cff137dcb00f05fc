namespace AgentFlow;

/// <summary>
/// Keeps memories. It knows nothing of meaning: what recalls does, such as <c>LongTermMemory</c> of AgentFlow.AI. Implementations are thread-safe; what a method has done is kept when it
/// returns, and a method that throws has done nothing that a repetition would do twice.
/// </summary>
public interface IMemoryStore
{
    /// <summary>Adds a memory, unless there is one with its id.</summary>
    /// <param name="memory">The memory; its <see cref="MemoryRecord.Sequence"/> is set by the store.</param>
    /// <param name="cancellationToken">Stops the attempt.</param>
    /// <returns>What the store holds under the id: this memory with its number, or the one that was there, unchanged.</returns>
    /// <exception cref="ArgumentException">The memory has something too long, empty, or out of its range.</exception>
    ValueTask<MemoryRecord> AddAsync(MemoryRecord memory, CancellationToken cancellationToken = default);

    /// <summary>Replaces memories, found by subject and id; those that are gone stay so.</summary>
    /// <param name="memories">The memories.</param>
    /// <param name="cancellationToken">Stops the attempt.</param>
    /// <returns>How many were replaced.</returns>
    /// <exception cref="ArgumentException">A memory has something too long, empty, or out of its range.</exception>
    ValueTask<int> UpdateAsync(IReadOnlyList<MemoryRecord> memories, CancellationToken cancellationToken = default);

    /// <summary>Deletes memories of a subject.</summary>
    /// <param name="subject">Whose.</param>
    /// <param name="ids">Which.</param>
    /// <param name="cancellationToken">Stops the attempt.</param>
    /// <returns>How many there were.</returns>
    ValueTask<int> DeleteAsync(string subject, IReadOnlyList<string> ids, CancellationToken cancellationToken = default);

    /// <summary>Deletes everything of a subject, beyond recovery: nothing of it is left in the store's own files.</summary>
    /// <param name="subject">Whose.</param>
    /// <param name="cancellationToken">Stops the attempt.</param>
    /// <returns>How many memories there were.</returns>
    ValueTask<int> DeleteSubjectAsync(string subject, CancellationToken cancellationToken = default);

    /// <summary>Lists memories of a subject, a page at a time.</summary>
    /// <param name="query">Which.</param>
    /// <param name="cancellationToken">Stops the attempt.</param>
    /// <returns>The page.</returns>
    ValueTask<MemoryPage> ListAsync(MemoryQuery query, CancellationToken cancellationToken = default);
}
