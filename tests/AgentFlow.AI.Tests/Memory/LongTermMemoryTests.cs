using AgentFlow.Testing;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI.Tests.Memory;

/// <summary>What is remembered across sessions, recalled and forgotten.</summary>
public sealed class LongTermMemoryTests
{
    private readonly ManualTimeProvider _clock = new();
    private readonly InMemoryMemoryStore _store = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_embeddings_words_decide_what_is_relevant()
    {
        var memory = Make();
        await memory.Facts("ann").LearnAsync("Ann drinks green tea.", cancellationToken: Ct);
        await memory.Facts("ann").LearnAsync("Ann lives in Rome.", cancellationToken: Ct);
        await memory.Facts("ann").LearnAsync("The tea of Ann's aunt is black.", cancellationToken: Ct);
        var recalled = await memory.RecallAsync("ann", "which green tea", cancellationToken: Ct);
        Assert.Equal(["Ann drinks green tea.", "The tea of Ann's aunt is black."], recalled.Select(static hit => hit.Memory.Text));
        Assert.Equal(1, recalled[0].Relevance);
        Assert.InRange(recalled[1].Relevance, 0.01, 0.99);
    }

    [Fact]
    public async Task What_is_remembered_in_a_database_is_recalled_after_a_restart()
    {
        var folder = Directory.CreateTempSubdirectory("memories");
        try
        {
            using var concepts = new Concepts("m1", "drinks tea beverage", "lives home city rome");
            var path = Path.Combine(folder.FullName, "memories.db");
            using (var store = new SqliteMemoryStore(path))
            {
                var memory = new LongTermMemory(store, new() { TimeProvider = _clock, Embeddings = concepts });
                await memory.Facts("ann").LearnAsync("Ann drinks tea.", topic: "drink", cancellationToken: Ct);
                await memory.Facts("ann").LearnAsync("Ann lives in Rome.", cancellationToken: Ct);
            }

            using var again = new SqliteMemoryStore(path);
            var later = new LongTermMemory(again, new() { TimeProvider = _clock, Embeddings = concepts });
            Assert.Equal("Ann lives in Rome.", Assert.Single(await later.RecallAsync("ann", "her home city", new() { Count = 1 }, Ct)).Memory.Text);
            await later.Facts("ann").LearnAsync("Ann drinks coffee.", topic: "drink", cancellationToken: Ct);
            Assert.Equal(["Ann drinks coffee.", "Ann lives in Rome."], (await again.ListAsync(new("ann"), Ct)).Memories.Select(static m => m.Text));
            Assert.Equal(2, await later.ForgetSubjectAsync("ann", Ct));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task With_embeddings_meaning_decides_and_no_word_has_to_be_the_same()
    {
        using var concepts = new Concepts("m1", "drinks tea beverage", "lives home city rome");
        var memory = Make(concepts);
        await memory.Facts("ann").LearnAsync("Ann drinks tea.", cancellationToken: Ct);
        await memory.Facts("ann").LearnAsync("Ann lives in Rome.", cancellationToken: Ct);
        var recalled = await memory.RecallAsync("ann", "her home city", new() { Count = 1 }, Ct);
        Assert.Equal("Ann lives in Rome.", Assert.Single(recalled).Memory.Text);
    }

    [Fact]
    public async Task Memories_without_a_meaning_or_with_that_of_another_model_are_given_one_once()
    {
        await Make().Facts("ann").LearnAsync("Ann lives in Rome.", cancellationToken: Ct);
        foreach (var model in new[] { "m1", "m2" })
        {
            using var concepts = new Concepts(model, "lives home city rome");
            Assert.Single(await Make(concepts).RecallAsync("ann", "her city", new() { MinRelevance = 0.9 }, Ct));
            Assert.Equal(["Ann lives in Rome.", "her city"], concepts.Texts);
            concepts.Texts.Clear();
            Assert.Single(await Make(concepts).RecallAsync("ann", "her city", new() { MinRelevance = 0.9 }, Ct));
            Assert.Equal(["her city"], concepts.Texts);
            Assert.Equal(model, Assert.Single((await _store.ListAsync(new("ann"), Ct)).Memories).EmbeddingModel);
        }
    }

    [Fact]
    public async Task Of_memories_that_are_alike_the_fresh_and_the_important_come_first()
    {
        var memory = Make();
        await memory.Episodes("ann").RecordAsync("s", "met Bob at lunch, old", cancellationToken: Ct);
        _clock.Advance(TimeSpan.FromDays(14));
        await memory.Episodes("ann").RecordAsync("s", "met Bob at lunch, new", cancellationToken: Ct);
        await memory.Episodes("ann").RecordAsync("s", "met Bob at lunch, big", importance: 1, cancellationToken: Ct);
        var recalled = await memory.RecallAsync("ann", "Bob lunch", new() { Reinforces = false }, Ct);
        Assert.Equal(["big", "new", "old"], recalled.Select(static hit => hit.Memory.Text[^3..]));
        Assert.Equal(0.25, recalled[2].Recency, 9);
        Assert.Equal((1 + (0.25 * 0.25) + (0.25 * 0.5)) / 1.5, recalled[2].Score, 9);
    }

    [Fact]
    public async Task A_recalled_memory_fades_more_slowly()
    {
        var memory = Make();
        await memory.Episodes("ann").RecordAsync("s", "met Bob", cancellationToken: Ct);
        await memory.Episodes("ann").RecordAsync("s", "met Eve", cancellationToken: Ct);
        await memory.RecallAsync("ann", "Bob", cancellationToken: Ct);
        _clock.Advance(TimeSpan.FromDays(14));
        Assert.Equal(0.5, Assert.Single(await memory.RecallAsync("ann", "Bob", new() { Reinforces = false }, Ct)).Recency, 9);
        Assert.Equal(0.25, Assert.Single(await memory.RecallAsync("ann", "Eve", new() { Reinforces = false }, Ct)).Recency, 9);
    }

    [Fact]
    public async Task An_action_that_is_repeated_does_not_remember_twice()
    {
        var memory = Make();
        for (var attempt = 0; attempt < 3; attempt++)
        {
            // As after a crash: nothing of the process before is left but the store.
            memory = attempt == 1 ? memory : Make();
            await memory.Episodes("ann").RecordAsync("s", $"booked, attempt {attempt}", key: "run/1/Book/0", cancellationToken: Ct);
            await memory.Facts("ann").LearnAsync("Ann flies at noon.", sources: ["s"], confidence: 0.5, cancellationToken: Ct);
        }

        Assert.Equal(["booked, attempt 0", "Ann flies at noon."], (await _store.ListAsync(new("ann"), Ct)).Memories.Select(static m => m.Text));
        Assert.Equal(0.5, (await memory.Facts("ann").ListAsync(cancellationToken: Ct)).Memories[0].Confidence);
    }

    [Fact]
    public async Task An_episode_of_an_action_is_recorded_once_however_often_the_action_is_tried()
    {
        var memory = Make();
        Assert.Equal(2, await new Diarist(memory).RunAsync("ann", Ct));
        var kept = (await memory.Episodes("ann").ListAsync(cancellationToken: Ct)).Memories;
        Assert.Equal(["attempt 1", "and more"], kept.Select(static m => m.Text));
    }

    [Fact]
    public async Task Episodes_are_listed_in_order_by_session_and_by_time()
    {
        var episodes = Make().Episodes("ann");
        var began = _clock.GetUtcNow();
        foreach (var (session, text) in new[] { ("s1", "one"), ("s2", "two"), ("s1", "three") })
        {
            await episodes.RecordAsync(session, text, cancellationToken: Ct);
            _clock.Advance(TimeSpan.FromHours(1));
        }

        Assert.Equal(["one", "three"], (await episodes.ListAsync(new("ann") { Session = "s1" }, Ct)).Memories.Select(static m => m.Text));
        Assert.Equal(["two"], (await episodes.ListAsync(new("ann") { From = began.AddHours(1), To = began.AddHours(2) }, Ct)).Memories.Select(static m => m.Text));
        Assert.Equal("three", Assert.Single(await episodes.RecallAsync("", new() { From = began.AddHours(2) }, Ct)).Memory.Text);
    }

    [Fact]
    public async Task A_fact_is_known_once_and_each_new_source_makes_it_surer()
    {
        var facts = Make().Facts("ann");
        var first = await facts.LearnAsync("Ann lives in Rome.", sources: ["mail"], confidence: 0.5, cancellationToken: Ct);
        var again = await facts.LearnAsync("ann lives in ROME", sources: ["mail"], confidence: 0.5, cancellationToken: Ct);
        Assert.Equal((first.Id, 0.5), (again.Id, again.Confidence));
        var confirmed = await facts.LearnAsync("Ann lives in Rome", sources: ["phone"], confidence: 0.5, importance: 0.9, cancellationToken: Ct);
        Assert.Equal((first.Id, 0.75, 0.9), (confirmed.Id, confirmed.Confidence, confirmed.Importance));
        Assert.Equal(["mail", "phone"], confirmed.Sources);
        Assert.Single((await facts.ListAsync(cancellationToken: Ct)).Memories);
    }

    [Fact]
    public async Task A_fact_of_a_topic_takes_the_place_of_the_one_before()
    {
        var memory = Make();
        var facts = memory.Facts("ann");
        await facts.LearnAsync("Ann lives in Rome.", "home city", ["mail"], 0.9, cancellationToken: Ct);
        _clock.Advance(TimeSpan.FromDays(1));
        var moved = await facts.LearnAsync("Ann lives in Oslo.", "Home City", ["phone"], 0.6, cancellationToken: Ct);
        Assert.Equal(("Ann lives in Oslo.", 0.6, _clock.GetUtcNow()), (moved.Text, moved.Confidence, moved.UpdatedAt));
        Assert.Equal(["phone"], moved.Sources);
        Assert.Empty(await memory.RecallAsync("ann", "Rome", cancellationToken: Ct));
        Assert.Equal("Ann lives in Oslo.", Assert.Single((await facts.ListAsync(cancellationToken: Ct)).Memories).Text);
    }

    [Fact]
    public async Task Facts_that_mean_the_same_are_one_only_if_that_is_asked_for()
    {
        using var concepts = new Concepts("m", "lives resides", "rome");
        foreach (var (threshold, count) in new (double?, int)[] { (0.99, 1), (null, 2) })
        {
            var memory = new LongTermMemory(new InMemoryMemoryStore(), new() { Embeddings = concepts, DuplicateSimilarity = threshold, TimeProvider = _clock });
            await memory.Facts("ann").LearnAsync("lives in Rome", cancellationToken: Ct);
            await memory.Facts("ann").LearnAsync("resides in Rome", cancellationToken: Ct);
            Assert.Equal(count, (await memory.Facts("ann").ListAsync(cancellationToken: Ct)).Memories.Count);
        }
    }

    [Fact]
    public async Task What_has_faded_is_pruned()
    {
        var memory = Make();
        await memory.Episodes("ann").RecordAsync("s", "trifle", importance: 0.02, cancellationToken: Ct);
        await memory.Episodes("ann").RecordAsync("s", "wedding", importance: 1, cancellationToken: Ct);
        _clock.Advance(TimeSpan.FromDays(6));
        Assert.Equal(0, await memory.PruneAsync("ann", Ct));
        _clock.Advance(TimeSpan.FromDays(2));
        Assert.Equal(1, await memory.PruneAsync("ann", Ct));
        Assert.Equal("wedding", Assert.Single((await _store.ListAsync(new("ann"), Ct)).Memories).Text);
        _clock.Advance(TimeSpan.FromDays(60));
        Assert.Equal(1, await memory.PruneAsync("ann", Ct));
    }

    [Fact]
    public void A_subject_never_has_more_memories_than_fit_and_the_last_one_always_stays() =>
        Prop.ForAll(Gen.ArrayOf(Gen.Choose(0, 100)).ToArbitrary(), Gen.Choose(1, 8).ToArbitrary(), static (importances, capacity) =>
        {
            var memory = new LongTermMemory(new InMemoryMemoryStore(), new() { Capacity = capacity, TimeProvider = new ManualTimeProvider() });
            for (var i = 0; i < importances.Length; i++)
            {
                var added = memory.Episodes("ann").RecordAsync("s", $"m{i}", importance: importances[i] / 100.0).AsTask().GetAwaiter().GetResult();
                var kept = memory.Episodes("ann").ListAsync().AsTask().GetAwaiter().GetResult().Memories;
                Assert.Equal(Math.Min(i + 1, capacity), kept.Count);
                Assert.Contains(kept, m => m.Id == added.Id);
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public async Task Over_capacity_the_weakest_is_forgotten()
    {
        var memory = new LongTermMemory(_store, new() { Capacity = 2, TimeProvider = _clock });
        await memory.Episodes("ann").RecordAsync("s", "wedding", importance: 1, cancellationToken: Ct);
        await memory.Episodes("ann").RecordAsync("s", "trifle", importance: 0.1, cancellationToken: Ct);
        await memory.Episodes("ann").RecordAsync("s", "lunch", importance: 0.05, cancellationToken: Ct);
        Assert.Equal(["wedding", "lunch"], (await _store.ListAsync(new("ann"), Ct)).Memories.Select(static m => m.Text));
        Assert.Empty(await memory.RecallAsync("ann", "trifle", cancellationToken: Ct));
    }

    [Fact]
    public async Task Subjects_do_not_see_each_other_and_are_forgotten_whole()
    {
        var memory = Make();
        await memory.Facts("ann").LearnAsync("The code is 1.", cancellationToken: Ct);
        await memory.Facts("bob").LearnAsync("The code is 2.", cancellationToken: Ct);
        await memory.Episodes("bob").RecordAsync("s", "entered the code", cancellationToken: Ct);
        Assert.Equal("The code is 1.", Assert.Single(await memory.RecallAsync("ann", "code", cancellationToken: Ct)).Memory.Text);
        Assert.Equal(2, await memory.ForgetSubjectAsync("bob", Ct));
        Assert.Empty(await memory.RecallAsync("bob", "code", cancellationToken: Ct));
        Assert.Empty((await _store.ListAsync(new("bob"), Ct)).Memories);
        Assert.Single(await memory.RecallAsync("ann", "code", cancellationToken: Ct));
    }

    [Fact]
    public async Task More_subjects_than_indexes_are_served_from_the_store()
    {
        var memory = new LongTermMemory(_store, new() { MaxIndexedSubjects = 3, TimeProvider = _clock });
        await Task.WhenAll(Enumerable.Range(0, 50).Select(async i => await memory.Facts($"subject {i % 10}").LearnAsync($"number {i}", cancellationToken: Ct)));
        for (var subject = 0; subject < 10; subject++)
        {
            Assert.Equal(5, (await memory.RecallAsync($"subject {subject}", "number", cancellationToken: Ct)).Count);
        }
    }

    [Fact]
    public async Task Ten_thousand_memories_are_recalled_by_words_and_by_meaning()
    {
        using var vectors = new Vectors(64);
        for (var i = 0; i < 10_000; i++)
        {
            await _store.AddAsync(new() { Subject = "ann", Id = $"m{i}", Text = $"visit {i} of the place {i % 97}", CreatedAt = _clock.GetUtcNow(), UpdatedAt = _clock.GetUtcNow() }, Ct);
        }

        Assert.Equal("visit 7777 of the place 17", (await Make().RecallAsync("ann", "visit 7777", cancellationToken: Ct))[0].Memory.Text);
        var byMeaning = Make(vectors);
        var hit = (await byMeaning.RecallAsync("ann", "visit 7777 of the place 17", cancellationToken: Ct))[0];
        Assert.Equal("visit 7777 of the place 17", hit.Memory.Text);
        Assert.Equal(1, hit.Relevance, 5);
        Assert.Equal(10_001, vectors.Count);
    }

    [Fact]
    public async Task A_store_that_fails_is_not_papered_over_and_is_read_again_afterwards()
    {
        await Make().Facts("ann").LearnAsync("Ann lives in Rome.", cancellationToken: Ct);
        var failing = new FailingStore(_store) { Fails = true };
        var memory = new LongTermMemory(failing, new() { TimeProvider = _clock });
        await Assert.ThrowsAsync<IOException>(async () => await memory.RecallAsync("ann", "Rome", cancellationToken: Ct));
        failing.Fails = false;
        Assert.Single(await memory.RecallAsync("ann", "Rome", cancellationToken: Ct));
    }

    [Fact]
    public async Task A_model_remembers_recalls_and_forgets_for_its_own_subject_alone()
    {
        var memory = Make();
        await memory.Facts("bob").LearnAsync("Bob lives in Rome.", cancellationToken: Ct);
        var invoker = new ToolInvoker(new ToolRegistry().AddRange(new MemoryTools(memory, "ann", "s7").Tools));
        var remembered = await CallAsync("remember", """{"fact":"Ann lives in Rome.","topic":"home city","importance":0.8}""");
        Assert.Contains("Ann lives in Rome.", remembered, StringComparison.Ordinal);
        var recalled = await CallAsync("recall", """{"query":"who lives in Rome?"}""");
        Assert.Contains("Ann", recalled, StringComparison.Ordinal);
        Assert.DoesNotContain("Bob", recalled, StringComparison.Ordinal);

        var fact = Assert.Single((await memory.Facts("ann").ListAsync(cancellationToken: Ct)).Memories);
        Assert.Equal(("s7", "home city", 0.8), (fact.Session, fact.Topic, fact.Importance));
        Assert.Equal("Forgotten.", await CallAsync("forget", $$"""{"id":"{{fact.Id}}"}"""));
        Assert.StartsWith("Error:", await CallAsync("forget", $$"""{"id":"{{fact.Id}}"}"""), StringComparison.Ordinal);
        Assert.StartsWith("Error:", await CallAsync("remember", """{"fact":"x","importance":2}"""), StringComparison.Ordinal);
        Assert.StartsWith("Error:", await CallAsync("recall", """{"query":"code","subject":"bob"}"""), StringComparison.Ordinal);
        Assert.Single((await memory.Facts("bob").ListAsync(cancellationToken: Ct)).Memories);

        async Task<string> CallAsync(string name, string arguments)
        {
            var given = System.Text.Json.JsonElement.Parse(arguments).EnumerateObject().ToDictionary(static p => p.Name, static p => (object?)p.Value);
            return (await invoker.InvokeAsync(new("c", name, given), cancellationToken: Ct)).Result!.ToString()!;
        }
    }

    [Fact]
    public void Nothing_that_is_remembered_is_in_a_text_that_may_be_logged()
    {
        Assert.DoesNotContain("secret", new MemoryDraft("ann", "secret").ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("secret", new MemoryRecord { Subject = "ann", Id = "a", Text = "secret" }.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("secret", new RecalledMemory(new() { Subject = "ann", Id = "a", Text = "secret" }, 1, 1, 1).ToString(), StringComparison.Ordinal);
    }

    private LongTermMemory Make(IEmbeddingGenerator<string, Embedding<float>>? embeddings = null) => new(_store, new() { Embeddings = embeddings, TimeProvider = _clock });

    /// <summary>Vectors that are far apart, the same for the same text.</summary>
    private sealed class Vectors(int dimensions) : IEmbeddingGenerator<string, Embedding<float>>
    {
        public int Count { get; private set; }

        public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default) =>
            Task.FromResult(new GeneratedEmbeddings<Embedding<float>>(values.Select(Of)));

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
            // It holds nothing.
        }

        private Embedding<float> Of(string text)
        {
            Count++;
            var random = new Random(text.Aggregate(17, static (hash, c) => unchecked((hash * 31) + c)));
            return new(Enumerable.Range(0, dimensions).Select(_ => (float)random.NextDouble() - 0.5f).ToArray());
        }
    }

    private sealed class FailingStore(IMemoryStore store) : IMemoryStore
    {
        public bool Fails { get; set; }

        public ValueTask<MemoryRecord> AddAsync(MemoryRecord memory, CancellationToken cancellationToken = default) => store.AddAsync(memory, cancellationToken);

        public ValueTask<int> UpdateAsync(IReadOnlyList<MemoryRecord> memories, CancellationToken cancellationToken = default) => store.UpdateAsync(memories, cancellationToken);

        public ValueTask<int> DeleteAsync(string subject, IReadOnlyList<string> ids, CancellationToken cancellationToken = default) => store.DeleteAsync(subject, ids, cancellationToken);

        public ValueTask<int> DeleteSubjectAsync(string subject, CancellationToken cancellationToken = default) => store.DeleteSubjectAsync(subject, cancellationToken);

        public ValueTask<MemoryPage> ListAsync(MemoryQuery query, CancellationToken cancellationToken = default) => Fails ? throw new IOException("The disk is gone.") : store.ListAsync(query, cancellationToken);
    }
}

/// <summary>Records an episode in each attempt, and fails in the first.</summary>
[Agent]
public sealed partial class Diarist(LongTermMemory memory)
{
    private readonly LongTermMemory _memory = memory;

    [Action, Retry(2, On = [typeof(IOException)])]
    private async Task<int> Write([Input] string subject, ActionContext context, CancellationToken cancellationToken)
    {
        await _memory.Episodes(subject).RecordAsync(context, $"attempt {context.Attempt}", cancellationToken: cancellationToken);
        await _memory.Episodes(subject).RecordAsync(context, "and more", "more", cancellationToken: cancellationToken);
        return context.Attempt == 1 ? throw new IOException("Try again.") : context.Attempt;
    }
}
