using AgentFlow.AI.Retrieval;

namespace AgentFlow.AI;

/// <summary>The memories of one subject, so that they are found by their words, their meaning and, facts, by what they tell. Used by one call at a time: see <see cref="Gate"/>.</summary>
internal sealed class SubjectIndex
{
    private readonly Dictionary<string, MemoryRecord> _memories = new(StringComparer.Ordinal);
    private readonly Dictionary<string, float[]> _vectors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _topics = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> _facts = new(StringComparer.Ordinal);
    private TextIndex<string> _words = new(comparer: StringComparer.Ordinal);

    public SemaphoreSlim Gate { get; } = new(1, 1);

    /// <summary>Whether the memories of the store are here.</summary>
    public bool IsLoaded { get; set; }

    /// <summary>Whether another index has taken its place: it must not be used any more.</summary>
    public bool IsEvicted { get; set; }

    /// <summary>When it was last used, by a count of uses.</summary>
    public long LastUse { get; set; }

    public IReadOnlyCollection<MemoryRecord> Memories => _memories.Values;

    public MemoryRecord? Find(string id) => _memories.GetValueOrDefault(id);

    public MemoryRecord? FindTopic(string topic) => _topics.TryGetValue(topic, out var id) ? _memories[id] : null;

    /// <summary>The fact that has the same words in the same order.</summary>
    public MemoryRecord? FindFact(string text) => _facts.TryGetValue(Normalized(text), out var id) ? _memories[id] : null;

    /// <summary>Takes a memory in, or its new state.</summary>
    public void Put(MemoryRecord memory)
    {
        var old = _memories.GetValueOrDefault(memory.Id);
        if (old is not null && old.Text == memory.Text && old.Topic == memory.Topic && old.Embedding.Equals(memory.Embedding))
        {
            _memories[memory.Id] = memory;
            return;
        }

        Remove(memory.Id);
        _memories.Add(memory.Id, memory);
        _words.Add(memory.Id, memory.Topic is null ? memory.Text : $"{memory.Topic} {memory.Text}");
        if (!memory.Embedding.IsEmpty)
        {
            _vectors.Add(memory.Id, UnitVector.Of(memory.Embedding.Span));
        }

        if (memory.Kind == MemoryKind.Semantic)
        {
            _facts.TryAdd(Normalized(memory.Text), memory.Id);
            if (memory.Topic is not null)
            {
                _topics[memory.Topic] = memory.Id;
            }
        }
    }

    public void Remove(string id)
    {
        if (!_memories.Remove(id, out var memory))
        {
            return;
        }

        _words.Remove(id);
        _vectors.Remove(id);
        RemoveIfOf(_facts, Normalized(memory.Text), id);
        if (memory.Topic is not null)
        {
            RemoveIfOf(_topics, memory.Topic, id);
        }
    }

    public void Clear()
    {
        _memories.Clear();
        _vectors.Clear();
        _topics.Clear();
        _facts.Clear();
        _words = new(comparer: StringComparer.Ordinal);
    }

    /// <summary>The relevance of memories by their words: the share of the query's weight.</summary>
    public IEnumerable<(MemoryRecord Memory, double Relevance)> ByWords(string query)
    {
        var hits = _memories.Count == 0 ? [] : _words.SearchShares(query, _memories.Count);
        return hits.Select(hit => (_memories[hit.Key], hit.Share));
    }

    /// <summary>The relevance of memories by their meaning: the cosine, where it is positive.</summary>
    public IEnumerable<(MemoryRecord Memory, double Relevance)> ByMeaning(ReadOnlyMemory<float> query)
    {
        var wanted = UnitVector.Of(query.Span);
        foreach (var (id, vector) in _vectors)
        {
            yield return (_memories[id], Math.Clamp(UnitVector.Cosine(wanted, vector), 0, 1));
        }
    }

    private static void RemoveIfOf(Dictionary<string, string> ids, string key, string id)
    {
        if (ids.TryGetValue(key, out var there) && there == id)
        {
            ids.Remove(key);
        }
    }

    /// <summary>The words of a fact with their signs: "owes $40" is not "owes €40".</summary>
    private static string Normalized(string text) => QuestionText.Split(text) is { Count: > 0 } words ? string.Join(' ', words) : text;
}
