using System.Security.Cryptography;
using AgentFlow.AI.Retrieval;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI;

/// <summary>
/// Remembers across sessions, for each subject apart: what happened (<see cref="Episodes"/>) and what is so (<see cref="Facts"/>). Recall combines relevance,
/// recency and importance; what is weak is forgotten, and what is asked to be is gone. An index of a subject's memories is built from the store when the subject is
/// first used; so one instance at a time may use a store. Thread-safe. Nothing that is remembered is logged.
/// </summary>
/// <param name="store">Keeps the memories.</param>
/// <param name="options">How it recalls and forgets. Default: <see cref="LongTermMemoryOptions.Default"/>.</param>
public sealed class LongTermMemory(IMemoryStore store, LongTermMemoryOptions? options = null)
{
    private const int EmbeddingBatch = 128;

    private readonly IMemoryStore _store = store ?? throw new ArgumentNullException(nameof(store));
    private readonly LongTermMemoryOptions _options = options ?? LongTermMemoryOptions.Default;
    private readonly string _model = (options?.Embeddings?.GetService(typeof(EmbeddingGeneratorMetadata)) as EmbeddingGeneratorMetadata)?.DefaultModelId ?? "";
    private readonly Lock _gate = new();
    private readonly Dictionary<string, SubjectIndex> _subjects = new(StringComparer.Ordinal);
    private long _uses;

    /// <summary>What happened to a subject.</summary>
    /// <param name="subject">Whose memories.</param>
    public EpisodicMemory Episodes(string subject) => new(this, subject);

    /// <summary>What is so for a subject.</summary>
    /// <param name="subject">Whose memories.</param>
    public SemanticMemory Facts(string subject) => new(this, subject);

    /// <summary>Remembers. A fact that is known already is updated instead: see <see cref="SemanticMemory.LearnAsync"/>.</summary>
    /// <param name="draft">What.</param>
    /// <param name="cancellationToken">Stops the attempt.</param>
    /// <returns>The memory; the one that was there if its key, or the fact, is known.</returns>
    /// <exception cref="ArgumentException">Something is too long, empty, or out of its range.</exception>
    public ValueTask<MemoryRecord> RememberAsync(MemoryDraft draft, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(draft);
        var memory = RecordOf(draft);
        memory.Validate();
        return UseAsync(draft.Subject, async index =>
        {
            if (index.Find(memory.Id) is { } there)
            {
                return there;
            }

            memory = await EmbedAsync(memory, cancellationToken).ConfigureAwait(false);
            if (memory.Kind == MemoryKind.Semantic && KnownAs(index, memory) is { } known)
            {
                return await UpdateAsync(index, known, memory, cancellationToken).ConfigureAwait(false);
            }

            var added = await _store.AddAsync(memory, cancellationToken).ConfigureAwait(false);
            index.Put(added);
            await ForgetWeakestAsync(index, draft.Subject, spare: added.Id, cancellationToken).ConfigureAwait(false);
            return added;
        }, cancellationToken);
    }

    /// <summary>Recalls what fits a query.</summary>
    /// <param name="subject">Whose memories.</param>
    /// <param name="query">What they should be about; if it is empty, recency and importance alone count.</param>
    /// <param name="options">Which are recalled. Default: <see cref="RecallOptions.Default"/>.</param>
    /// <param name="cancellationToken">Stops the attempt.</param>
    /// <returns>The memories, the best first: by meaning where there is a generator of embeddings and it does not fail, else by words.</returns>
    public ValueTask<IReadOnlyList<RecalledMemory>> RecallAsync(string subject, string query, RecallOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        options ??= RecallOptions.Default;
        return UseAsync<IReadOnlyList<RecalledMemory>>(subject, async index =>
        {
            var now = _options.TimeProvider.GetUtcNow();
            var found = await RelevanceAsync(index, query, cancellationToken).ConfigureAwait(false);
            var recalled = found
                .Where(hit => hit.Relevance > options.MinRelevance && options.Fits(hit.Memory))
                .Select(hit => Score(hit.Memory, hit.Relevance, now))
                .OrderByDescending(static hit => hit.Score)
                .ThenByDescending(static hit => hit.Memory.Sequence)
                .Take(options.Count)
                .ToArray();
            if (options.Reinforces && recalled.Length > 0)
            {
                await ReinforceAsync(index, recalled, now, cancellationToken).ConfigureAwait(false);
            }

            return recalled;
        }, cancellationToken);
    }

    /// <summary>Forgets one memory.</summary>
    /// <param name="subject">Whose.</param>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Stops the attempt.</param>
    /// <returns>Whether there was one.</returns>
    public ValueTask<bool> ForgetAsync(string subject, string id, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(id);
        return UseAsync(subject, async index =>
        {
            var deleted = await _store.DeleteAsync(subject, [id], cancellationToken).ConfigureAwait(false);
            index.Remove(id);
            return deleted > 0;
        }, cancellationToken);
    }

    /// <summary>Forgets everything of a subject, beyond recovery.</summary>
    /// <param name="subject">Whose.</param>
    /// <param name="cancellationToken">Stops the attempt.</param>
    /// <returns>How many memories there were.</returns>
    public ValueTask<int> ForgetSubjectAsync(string subject, CancellationToken cancellationToken = default) => UseAsync(subject, async index =>
    {
        var deleted = await _store.DeleteSubjectAsync(subject, cancellationToken).ConfigureAwait(false);
        index.Clear();
        return deleted;
    }, cancellationToken);

    /// <summary>
    /// Forgets what has faded: memories whose strength, which is importance times confidence times the share that time has left, is below
    /// <see cref="LongTermMemoryOptions.ForgetBelow"/>. Call it from time to time.
    /// </summary>
    /// <param name="subject">Whose.</param>
    /// <param name="cancellationToken">Stops the attempt.</param>
    /// <returns>How many were forgotten.</returns>
    public ValueTask<int> PruneAsync(string subject, CancellationToken cancellationToken = default) => UseAsync(subject, async index =>
    {
        var now = _options.TimeProvider.GetUtcNow();
        string[] faded = [.. index.Memories.Where(memory => ForgettingCurve.Strength(memory, now, _options.HalfLife) < _options.ForgetBelow).Select(static memory => memory.Id)];
        await DeleteAsync(index, subject, faded, cancellationToken).ConfigureAwait(false);
        return faded.Length;
    }, cancellationToken);

    internal ValueTask<MemoryPage> ListAsync(MemoryQuery query, CancellationToken cancellationToken) => _store.ListAsync(query, cancellationToken);

    private MemoryRecord RecordOf(MemoryDraft draft)
    {
        var now = _options.TimeProvider.GetUtcNow();
        return new()
        {
            Subject = draft.Subject,
            Id = draft.Key is { } key ? IdOf(key) : Guid.NewGuid().ToString("n"),
            Kind = draft.Kind,
            Text = draft.Text,
            Session = draft.Session,
            Topic = draft.Topic,
            Sources = Latest(draft.Sources),
            Importance = draft.Importance,
            Confidence = draft.Confidence,
            CreatedAt = now,
            UpdatedAt = now,
        };
    }

    /// <summary>Keys may have any length; ids may not.</summary>
    private static string IdOf(string key) => "k" + Convert.ToHexStringLower(SHA256.HashData(WholeText.BytesOf(key)));

    private static string[] Latest(IEnumerable<string> sources) => [.. sources.Distinct(StringComparer.Ordinal).TakeLast(MemoryRecord.MaxSources)];

    private MemoryRecord? KnownAs(SubjectIndex index, MemoryRecord fact)
    {
        var known = (fact.Topic is null ? null : index.FindTopic(fact.Topic)) ?? index.FindFact(fact.Text);
        if (known?.Topic is { } topic && fact.Topic is not null && !topic.Equals(fact.Topic, StringComparison.OrdinalIgnoreCase))
        {
            // The same words tell two things, such as a name: they are two facts.
            return null;
        }

        if (known is not null || fact.Topic is not null || fact.Embedding.IsEmpty || _options.DuplicateSimilarity is not { } threshold)
        {
            return known;
        }

        // Vectors of "owes 40" and "owes 45" lie close: what takes the place of a fact must say the same of the same.
        var wording = Wording.Of(fact.Text) ?? fact.Text;
        return index.ByMeaning(fact.Embedding)
            .Where(hit => hit.Memory.Kind == MemoryKind.Semantic && hit.Memory.Topic is null && hit.Relevance >= threshold)
            .Where(hit => Wording.Of(hit.Memory.Text) == wording)
            .OrderByDescending(static hit => hit.Relevance)
            .ThenBy(static hit => hit.Memory.Sequence)
            .Select(static hit => hit.Memory)
            .FirstOrDefault();
    }

    /// <summary>What is said again is the surer for it, if somebody else says so; what is said otherwise takes the place of what was.</summary>
    private async ValueTask<MemoryRecord> UpdateAsync(SubjectIndex index, MemoryRecord known, MemoryRecord fact, CancellationToken cancellationToken)
    {
        var saysTheSame = fact.Topic is null || index.FindFact(fact.Text)?.Id == known.Id;
        var isConfirmed = saysTheSame && fact.Sources.Any(source => !known.Sources.Contains(source, StringComparer.Ordinal));
        var updated = saysTheSame
            ? known with
            {
                Topic = known.Topic ?? fact.Topic,
                Sources = Latest(known.Sources.Concat(fact.Sources)),
                Importance = Math.Max(known.Importance, fact.Importance),

                // Of independent sources, the chance that all are wrong is the product of the chances that each is.
                Confidence = isConfirmed ? 1 - ((1 - known.Confidence) * (1 - fact.Confidence)) : Math.Max(known.Confidence, fact.Confidence),
                Session = fact.Session ?? known.Session,
                UpdatedAt = fact.UpdatedAt,
            }
            : fact with { Id = known.Id, Sequence = known.Sequence, CreatedAt = known.CreatedAt, Recalls = known.Recalls, RecalledAt = known.RecalledAt };
        await _store.UpdateAsync([updated], cancellationToken).ConfigureAwait(false);
        index.Put(updated);
        return updated;
    }

    private async ValueTask<IEnumerable<(MemoryRecord Memory, double Relevance)>> RelevanceAsync(SubjectIndex index, string query, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(query))
        {
            return index.Memories.Select(static memory => (memory, 1.0));
        }

        if (_options.Embeddings is not { } embeddings)
        {
            return index.ByWords(query);
        }

        ReadOnlyMemory<float> meaning;
        try
        {
            meaning = await embeddings.GenerateVectorAsync(query, cancellationToken: cancellationToken).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever is the matter with it: what the words find is better than nothing.
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            return index.ByWords(query);
        }

        // Those that were remembered while there were none to be had.
        MemoryRecord[] without = [.. index.Memories.Where(static memory => memory.Embedding.IsEmpty).Take(EmbeddingBatch)];
        foreach (var memory in await EmbedAsync(without, cancellationToken).ConfigureAwait(false))
        {
            index.Put(memory);
        }

        return index.ByMeaning(meaning);
    }

    private RecalledMemory Score(MemoryRecord memory, double relevance, DateTimeOffset now)
    {
        var recency = ForgettingCurve.Recency(memory, now, _options.HalfLife);
        return new(memory, _options.Weights.Score(relevance, recency, memory.Importance * memory.Confidence), relevance, recency);
    }

    private async ValueTask ReinforceAsync(SubjectIndex index, RecalledMemory[] recalled, DateTimeOffset now, CancellationToken cancellationToken)
    {
        MemoryRecord[] reinforced = [.. recalled.Select(hit => hit.Memory with { RecalledAt = now, Recalls = hit.Memory.Recalls == int.MaxValue ? int.MaxValue : hit.Memory.Recalls + 1 })];
        await _store.UpdateAsync(reinforced, cancellationToken).ConfigureAwait(false);
        foreach (var memory in reinforced)
        {
            index.Put(memory);
        }
    }

    private async ValueTask ForgetWeakestAsync(SubjectIndex index, string subject, string spare, CancellationToken cancellationToken)
    {
        var excess = index.Memories.Count - _options.Capacity;
        if (excess <= 0)
        {
            return;
        }

        var now = _options.TimeProvider.GetUtcNow();
        string[] weakest =
        [
            .. index.Memories
                .Where(memory => memory.Id != spare)
                .OrderBy(memory => ForgettingCurve.Strength(memory, now, _options.HalfLife))
                .ThenBy(static memory => memory.Sequence)
                .Take(excess)
                .Select(static memory => memory.Id),
        ];
        await DeleteAsync(index, subject, weakest, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask DeleteAsync(SubjectIndex index, string subject, string[] ids, CancellationToken cancellationToken)
    {
        if (ids.Length == 0)
        {
            return;
        }

        await _store.DeleteAsync(subject, ids, cancellationToken).ConfigureAwait(false);
        foreach (var id in ids)
        {
            index.Remove(id);
        }
    }

    /// <summary>Uses the index of a subject, alone.</summary>
    private async ValueTask<T> UseAsync<T>(string subject, Func<SubjectIndex, ValueTask<T>> use, CancellationToken cancellationToken)
    {
        MemoryRecord.ValidateName(subject, nameof(subject));
        while (true)
        {
            var index = IndexOf(subject);
            await index.Gate.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                if (index.IsEvicted)
                {
                    continue;
                }

                if (!index.IsLoaded)
                {
                    await LoadAsync(index, subject, cancellationToken).ConfigureAwait(false);
                }

                return await use(index).ConfigureAwait(false);
            }
            finally
            {
                index.Gate.Release();
            }
        }
    }

    private SubjectIndex IndexOf(string subject)
    {
        lock (_gate)
        {
            if (!_subjects.TryGetValue(subject, out var index))
            {
                if (_subjects.Count >= _options.MaxIndexedSubjects)
                {
                    EvictOldest();
                }

                _subjects.Add(subject, index = new());
            }

            index.LastUse = ++_uses;
            return index;
        }
    }

    /// <summary>One that is in use is left where it is: there may be more for a while.</summary>
    private void EvictOldest()
    {
        foreach (var (subject, index) in _subjects.OrderBy(static pair => pair.Value.LastUse))
        {
            if (index.Gate.Wait(0, CancellationToken.None))
            {
                index.IsEvicted = true;
                index.Gate.Release();
                _subjects.Remove(subject);
                return;
            }
        }
    }

    private async ValueTask LoadAsync(SubjectIndex index, string subject, CancellationToken cancellationToken)
    {
        // What an attempt that failed has left.
        index.Clear();
        var query = new MemoryQuery(subject) { Count = MemoryQuery.MaxCount };
        while (true)
        {
            var page = await _store.ListAsync(query, cancellationToken).ConfigureAwait(false);
            foreach (var memory in await EmbedAsync(page.Memories, cancellationToken).ConfigureAwait(false))
            {
                index.Put(memory);
            }

            if (page.Next is not { } next)
            {
                break;
            }

            query = query with { After = next };
        }

        index.IsLoaded = true;
    }

    private async ValueTask<MemoryRecord> EmbedAsync(MemoryRecord memory, CancellationToken cancellationToken)
    {
        if (_options.Embeddings is not { } embeddings)
        {
            return memory;
        }

        try
        {
            var vector = await embeddings.GenerateVectorAsync(memory.Text, cancellationToken: cancellationToken).ConfigureAwait(false);
            return memory with { Embedding = vector, EmbeddingModel = _model };
        }
#pragma warning disable CA1031 // Whatever is the matter with it: a memory without a meaning is found by its words, and is given one later.
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            return memory;
        }
    }

    /// <summary>Memories that another model, or none, has given a meaning to are given one, which is stored; while there is none to be had, they have none.</summary>
    private async ValueTask<IReadOnlyList<MemoryRecord>> EmbedAsync(IReadOnlyList<MemoryRecord> memories, CancellationToken cancellationToken)
    {
        if (_options.Embeddings is not { } embeddings)
        {
            return memories;
        }

        var embedded = memories.ToArray();
        var missing = Enumerable.Range(0, embedded.Length).Where(i => embedded[i].Embedding.IsEmpty || embedded[i].EmbeddingModel != _model).ToArray();
        foreach (var batch in missing.Chunk(EmbeddingBatch))
        {
            GeneratedEmbeddings<Embedding<float>> vectors;
            try
            {
                vectors = await embeddings.GenerateAsync(batch.Select(i => embedded[i].Text), cancellationToken: cancellationToken).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // Whatever is the matter with it: they are found by their words until it is over.
            catch (Exception) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
            {
                foreach (var i in missing.Where(i => embedded[i].EmbeddingModel != _model))
                {
                    // Vectors of two models cannot be compared.
                    embedded[i] = embedded[i] with { Embedding = default };
                }

                break;
            }

            if (vectors.Count != batch.Length)
            {
                throw new InvalidOperationException($"The generator of embeddings was given {batch.Length} texts and made {vectors.Count} embeddings.");
            }

            for (var i = 0; i < batch.Length; i++)
            {
                embedded[batch[i]] = embedded[batch[i]] with { Embedding = vectors[i].Vector, EmbeddingModel = _model };
            }

            await _store.UpdateAsync([.. batch.Select(i => embedded[i])], cancellationToken).ConfigureAwait(false);
        }

        return embedded;
    }
}
