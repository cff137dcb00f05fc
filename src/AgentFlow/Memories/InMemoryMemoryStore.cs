namespace AgentFlow;

/// <summary>Keeps memories as long as the process lives.</summary>
public sealed class InMemoryMemoryStore : IMemoryStore
{
    private readonly Lock _gate = new();
    private readonly MemoryTable _table = new();

    /// <inheritdoc />
    public ValueTask<MemoryRecord> AddAsync(MemoryRecord memory, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(memory);
        memory.Validate();
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            if (_table.Find(memory.Subject, memory.Id) is { } there)
            {
                return new(there);
            }

            memory = memory with { Sequence = _table.Last + 1 };
            _table.Put(memory);
            return new(memory);
        }
    }

    /// <inheritdoc />
    public ValueTask<int> UpdateAsync(IReadOnlyList<MemoryRecord> memories, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(memories);
        foreach (var memory in memories)
        {
            memory.Validate();
        }

        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            var updated = 0;
            foreach (var memory in memories)
            {
                if (_table.Find(memory.Subject, memory.Id) is not null)
                {
                    _table.Put(memory);
                    updated++;
                }
            }

            return new(updated);
        }
    }

    /// <inheritdoc />
    public ValueTask<int> DeleteAsync(string subject, IReadOnlyList<string> ids, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(subject);
        ArgumentNullException.ThrowIfNull(ids);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            return new(ids.Count(id => _table.Remove(subject, id)));
        }
    }

    /// <inheritdoc />
    public ValueTask<int> DeleteSubjectAsync(string subject, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(subject);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            return new(_table.RemoveSubject(subject));
        }
    }

    /// <inheritdoc />
    public ValueTask<MemoryPage> ListAsync(MemoryQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            return new(_table.List(query));
        }
    }
}
