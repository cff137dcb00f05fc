namespace AgentFlow;

/// <summary>The memories that a store holds, by subject. Not thread-safe.</summary>
internal sealed class MemoryTable
{
    private readonly Dictionary<string, Subject> _subjects = new(StringComparer.Ordinal);

    /// <summary>The highest number that was ever given.</summary>
    public long Last { get; set; }

    public int Count { get; private set; }

    /// <summary>All memories, those of a subject together.</summary>
    public IEnumerable<MemoryRecord> All => _subjects.Values.SelectMany(static subject => subject.InOrder);

    public MemoryRecord? Find(string subject, string id) => _subjects.GetValueOrDefault(subject)?.ById.GetValueOrDefault(id);

    public bool Has(string subject) => _subjects.ContainsKey(subject);

    /// <summary>Whether another memory of the subject has the number.</summary>
    public bool IsTaken(MemoryRecord memory) =>
        _subjects.TryGetValue(memory.Subject, out var subject) && !subject.ById.ContainsKey(memory.Id)
        && subject.IndexAfter(memory.Sequence) is var after and > 0 && subject.InOrder[after - 1].Sequence == memory.Sequence;

    /// <summary>Adds a memory with its number, or replaces the one of its id, whose number it takes.</summary>
    public void Put(MemoryRecord memory)
    {
        if (!_subjects.TryGetValue(memory.Subject, out var subject))
        {
            _subjects.Add(memory.Subject, subject = new());
        }

        if (subject.ById.TryGetValue(memory.Id, out var old))
        {
            memory = memory with { Sequence = old.Sequence };
            subject.InOrder[subject.IndexOf(old.Sequence)] = memory;
        }
        else
        {
            subject.InOrder.Insert(subject.IndexAfter(memory.Sequence), memory);
            Count++;
        }

        subject.ById[memory.Id] = memory;
        Last = Math.Max(Last, memory.Sequence);
    }

    public bool Remove(string subject, string id)
    {
        if (!_subjects.TryGetValue(subject, out var memories) || !memories.ById.Remove(id, out var memory))
        {
            return false;
        }

        memories.InOrder.RemoveAt(memories.IndexOf(memory.Sequence));
        Count--;
        if (memories.ById.Count == 0)
        {
            _subjects.Remove(subject);
        }

        return true;
    }

    /// <summary>Removes everything of a subject.</summary>
    /// <returns>How many memories there were.</returns>
    public int RemoveSubject(string subject)
    {
        if (!_subjects.Remove(subject, out var memories))
        {
            return 0;
        }

        Count -= memories.ById.Count;
        return memories.ById.Count;
    }

    public MemoryPage List(MemoryQuery query)
    {
        if (!_subjects.TryGetValue(query.Subject, out var subject))
        {
            return new([], null);
        }

        var page = new List<MemoryRecord>();
        for (var i = subject.IndexAfter(query.After); i < subject.InOrder.Count; i++)
        {
            if (!query.Fits(subject.InOrder[i]))
            {
                continue;
            }

            if (page.Count == query.Count)
            {
                return new(page, page[^1].Sequence);
            }

            page.Add(subject.InOrder[i]);
        }

        return new(page, null);
    }

    private sealed class Subject
    {
        public Dictionary<string, MemoryRecord> ById { get; } = new(StringComparer.Ordinal);

        /// <summary>By number, each one once.</summary>
        public List<MemoryRecord> InOrder { get; } = [];

        public int IndexOf(long sequence) => IndexAfter(sequence) - 1;

        /// <summary>The place of the first with a higher number.</summary>
        public int IndexAfter(long sequence)
        {
            var (low, high) = (0, InOrder.Count);
            while (low < high)
            {
                var middle = (low + high) / 2;
                (low, high) = InOrder[middle].Sequence <= sequence ? (middle + 1, high) : (low, middle);
            }

            return low;
        }
    }
}
