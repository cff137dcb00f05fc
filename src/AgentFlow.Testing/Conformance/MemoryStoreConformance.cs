namespace AgentFlow.Testing;

/// <summary>
/// What a store of memories has to do, as checks that run one by one: <c>foreach (var name in MemoryStoreConformance.Names) await
/// MemoryStoreConformance.RunAsync(name, harness);</c>. A store that passes them all is one.
/// </summary>
public static partial class MemoryStoreConformance
{
    private static readonly Dictionary<string, Func<Case, Task>> Checks = new(StringComparer.Ordinal)
    {
        [nameof(A_memory_is_added_once_and_numbered)] = A_memory_is_added_once_and_numbered,
        [nameof(Everything_comes_back_as_written)] = Everything_comes_back_as_written,
        [nameof(Numbers_are_never_given_again)] = Numbers_are_never_given_again,
        [nameof(Pages_are_bounded_and_together_have_all_in_order)] = Pages_are_bounded_and_together_have_all_in_order,
        [nameof(Lists_are_filtered)] = Lists_are_filtered,
        [nameof(An_update_keeps_the_number_and_brings_nothing_back)] = An_update_keeps_the_number_and_brings_nothing_back,
        [nameof(Deleted_is_gone_and_counted_once)] = Deleted_is_gone_and_counted_once,
        [nameof(Subjects_are_apart)] = Subjects_are_apart,
        [nameof(What_is_out_of_bounds_is_refused_and_nothing_is_done)] = What_is_out_of_bounds_is_refused_and_nothing_is_done,
        [nameof(What_is_cancelled_before_it_begins_is_not_done)] = What_is_cancelled_before_it_begins_is_not_done,
        [nameof(Concurrent_adds_have_one_winner_each)] = Concurrent_adds_have_one_winner_each,
        [nameof(All_of_it_survives_the_process)] = All_of_it_survives_the_process,
    };

    /// <summary>The names of the checks.</summary>
    public static IReadOnlyCollection<string> Names => Checks.Keys;

    /// <summary>Runs one check.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="harness">The store.</param>
    /// <returns>Completes when it has passed.</returns>
    /// <exception cref="ConformanceException">The store does something else.</exception>
    /// <exception cref="ArgumentException">There is no such check.</exception>
    public static async Task RunAsync(string name, MemoryStoreHarness harness)
    {
        ArgumentNullException.ThrowIfNull(harness);
        var check = Checks.GetValueOrDefault(name) ?? throw new ArgumentException($"There is no check '{name}'.", nameof(name));
        var given = new Case(harness) { Store = await harness.CreateAsync().ConfigureAwait(false) };
        try
        {
            await check(given).ConfigureAwait(false);
        }
        finally
        {
            await given.CloseAsync().ConfigureAwait(false);
        }
    }

    private static async Task A_memory_is_added_once_and_numbered(Case given)
    {
        var first = await given.Store.AddAsync(Memory("a", "tea")).ConfigureAwait(false);
        var again = await given.Store.AddAsync(Memory("a", "coffee")).ConfigureAwait(false);
        var second = await given.Store.AddAsync(Memory("b", "water")).ConfigureAwait(false);
        Expect.Equal("tea", again.Text, "the text of what was added first");
        Expect.Equal(first.Sequence, again.Sequence, "its number");
        Expect.True(first.Sequence > 0 && second.Sequence > first.Sequence, "numbers rise");
        Expect.Equal("a=tea,b=water", await given.ListAsync().ConfigureAwait(false), "what is listed");
    }

    private static async Task Everything_comes_back_as_written(Case given)
    {
        var memory = Memory("Ä \"'%_\\ 🗝 '; DROP TABLE x; --", "tea \"ä\n\u2028\0 🗝") with
        {
            Kind = MemoryKind.Semantic,
            Session = "s/1 ñ",
            Topic = "drink",
            Sources = ["x", "y ß"],
            Importance = 0,
            Confidence = 1 / 3.0,
            CreatedAt = new DateTimeOffset(2026, 5, 3, 4, 5, 6, TimeSpan.FromHours(2)).AddTicks(1234567),
            UpdatedAt = DateTimeOffset.UnixEpoch,
            RecalledAt = DateTimeOffset.UnixEpoch.AddTicks(1),
            Recalls = 3,
            Embedding = new[] { 0.25f, -1, float.Epsilon, float.MaxValue },
            EmbeddingModel = "m",
        };
        var added = await given.Store.AddAsync(memory).ConfigureAwait(false);
        var read = (await given.Store.ListAsync(new("ann")).ConfigureAwait(false)).Memories.Single();
        Expect.True(read.Embedding.Span.SequenceEqual(memory.Embedding.Span), "an embedding comes back bit by bit");
        Expect.True(read.Sources.SequenceEqual(memory.Sources), "sources come back in order");
        Expect.True(read == memory with { Sequence = added.Sequence, Embedding = read.Embedding, Sources = read.Sources }, "every member comes back");
    }

    private static async Task Numbers_are_never_given_again(Case given)
    {
        var first = await given.Store.AddAsync(Memory("a", "tea")).ConfigureAwait(false);
        var second = await given.Store.AddAsync(Memory("b", "water")).ConfigureAwait(false);
        await given.Store.DeleteAsync("ann", ["b"]).ConfigureAwait(false);
        var third = await given.Store.AddAsync(Memory("b", "wine")).ConfigureAwait(false);
        await given.Store.DeleteSubjectAsync("ann").ConfigureAwait(false);
        var fourth = await given.Store.AddAsync(Memory("a", "juice")).ConfigureAwait(false);
        Expect.True(first.Sequence < second.Sequence && second.Sequence < third.Sequence && third.Sequence < fourth.Sequence, "a number is not given again");
    }

    private static async Task Pages_are_bounded_and_together_have_all_in_order(Case given)
    {
        for (var i = 0; i < 23; i++)
        {
            await given.Store.AddAsync(Memory($"m{i}", $"text {i}")).ConfigureAwait(false);
        }

        var seen = new List<string>();
        var query = new MemoryQuery("ann") { Count = 5 };
        for (var pages = 1; ; pages++)
        {
            var page = await given.Store.ListAsync(query).ConfigureAwait(false);
            Expect.True(page.Memories.Count is > 0 and <= 5, "a page is neither empty nor too long");
            seen.AddRange(page.Memories.Select(static memory => memory.Id));
            if (page.Next is not { } next)
            {
                Expect.Equal(5, pages, "the number of pages");
                break;
            }

            query = query with { After = next };
        }

        Expect.Equal(string.Join(",", Enumerable.Range(0, 23).Select(static i => $"m{i}")), string.Join(",", seen), "what the pages have");
        Expect.Equal(null, (await given.Store.ListAsync(new("ann") { Count = 23 }).ConfigureAwait(false)).Next, "the place after a page that is just full");
    }

    private static async Task Lists_are_filtered(Case given)
    {
        var start = DateTimeOffset.UnixEpoch;
        await given.Store.AddAsync(Memory("a", "1") with { Session = "s1", CreatedAt = start }).ConfigureAwait(false);
        await given.Store.AddAsync(Memory("b", "2") with { Session = "s2", CreatedAt = start.AddHours(1), Kind = MemoryKind.Semantic }).ConfigureAwait(false);
        await given.Store.AddAsync(Memory("c", "3") with { CreatedAt = start.AddHours(2).ToOffset(TimeSpan.FromHours(-5)), Kind = MemoryKind.Semantic }).ConfigureAwait(false);
        Expect.Equal("b=2,c=3", await given.ListAsync(new("ann") { Kind = MemoryKind.Semantic }).ConfigureAwait(false), "those of a kind");
        Expect.Equal("a=1", await given.ListAsync(new("ann") { Session = "s1" }).ConfigureAwait(false), "those of a session");
        Expect.Equal("b=2,c=3", await given.ListAsync(new("ann") { From = start.AddHours(1) }).ConfigureAwait(false), "those from a time on");
        Expect.Equal("a=1,b=2", await given.ListAsync(new("ann") { To = start.AddHours(2) }).ConfigureAwait(false), "those before a time");
        Expect.Equal("", await given.ListAsync(new("ann") { Session = "s1", Kind = MemoryKind.Semantic }).ConfigureAwait(false), "those of both");
    }

    private static async Task An_update_keeps_the_number_and_brings_nothing_back(Case given)
    {
        var added = await given.Store.AddAsync(Memory("a", "tea")).ConfigureAwait(false);
        await given.Store.AddAsync(Memory("b", "water")).ConfigureAwait(false);
        await given.Store.DeleteAsync("ann", ["b"]).ConfigureAwait(false);
        var updated = await given.Store.UpdateAsync([Memory("a", "coffee") with { Sequence = 99, Session = "s", Kind = MemoryKind.Semantic }, Memory("b", "back"), Memory("never", "there")]).ConfigureAwait(false);
        Expect.Equal(1, updated, "how many were updated");
        var left = (await given.Store.ListAsync(new("ann") { Session = "s", Kind = MemoryKind.Semantic }).ConfigureAwait(false)).Memories.Single();
        Expect.Equal(("coffee", added.Sequence), (left.Text, left.Sequence), "what is left");
        Expect.Equal(0, await given.Store.UpdateAsync([]).ConfigureAwait(false), "how many of none were updated");
    }

    private static async Task Deleted_is_gone_and_counted_once(Case given)
    {
        await given.Store.AddAsync(Memory("a", "tea")).ConfigureAwait(false);
        await given.Store.AddAsync(Memory("b", "water")).ConfigureAwait(false);
        Expect.Equal(1, await given.Store.DeleteAsync("ann", ["a", "never", "a"]).ConfigureAwait(false), "how many were deleted");
        Expect.Equal(0, await given.Store.DeleteAsync("ann", ["a"]).ConfigureAwait(false), "how many were deleted again");
        Expect.Equal(0, await given.Store.DeleteAsync("bob", ["b"]).ConfigureAwait(false), "how many of another subject were deleted");
        Expect.Equal("b=water", await given.ListAsync().ConfigureAwait(false), "what is left");
    }

    private static async Task Subjects_are_apart(Case given)
    {
        await given.Store.AddAsync(Memory("a", "tea")).ConfigureAwait(false);
        await given.Store.AddAsync(Memory("a", "coffee") with { Subject = "Ann" }).ConfigureAwait(false);
        await given.Store.AddAsync(Memory("b", "water") with { Subject = "Ann" }).ConfigureAwait(false);
        Expect.Equal("a=tea", await given.ListAsync().ConfigureAwait(false), "what a subject has");
        Expect.Equal(2, await given.Store.DeleteSubjectAsync("Ann").ConfigureAwait(false), "how many a subject had");
        Expect.Equal("", await given.ListAsync(new("Ann")).ConfigureAwait(false), "what it has then");
        Expect.Equal("a=tea", await given.ListAsync().ConfigureAwait(false), "what the other has");
        Expect.Equal(0, await given.Store.DeleteSubjectAsync("nobody").ConfigureAwait(false), "how many nobody had");
    }

    private static async Task What_is_out_of_bounds_is_refused_and_nothing_is_done(Case given)
    {
        MemoryRecord[] wrong =
        [
            Memory("a", new string('x', MemoryRecord.MaxTextLength + 1)),
            Memory("a\n", "text"),
            Memory("a", "text") with { Subject = "" },
            Memory("a", "half \ud83d"),
            Memory("half \udd11", "text"),
            Memory("a", "text") with { Confidence = double.NaN },
            Memory("a", "text") with { Topic = new string('t', MemoryRecord.MaxNameLength + 1) },
        ];
        foreach (var memory in wrong)
        {
            await Expect.ThrowsAsync<ArgumentException>(() => given.Store.AddAsync(memory).AsTask(), "what is out of bounds").ConfigureAwait(false);
            await Expect.ThrowsAsync<ArgumentException>(() => given.Store.UpdateAsync([Memory("b", "text"), memory]).AsTask(), "what is out of bounds").ConfigureAwait(false);
        }

        Expect.Equal("", await given.ListAsync().ConfigureAwait(false), "what is there");
    }

    private static async Task What_is_cancelled_before_it_begins_is_not_done(Case given)
    {
        await given.Store.AddAsync(Memory("a", "tea")).ConfigureAwait(false);
        var cancelled = new CancellationToken(canceled: true);
        await Expect.ThrowsAsync<OperationCanceledException>(() => given.Store.AddAsync(Memory("b", "water"), cancelled).AsTask(), "a cancelled add").ConfigureAwait(false);
        await Expect.ThrowsAsync<OperationCanceledException>(() => given.Store.UpdateAsync([Memory("a", "water")], cancelled).AsTask(), "a cancelled update").ConfigureAwait(false);
        await Expect.ThrowsAsync<OperationCanceledException>(() => given.Store.DeleteAsync("ann", ["a"], cancelled).AsTask(), "a cancelled deletion").ConfigureAwait(false);
        await Expect.ThrowsAsync<OperationCanceledException>(() => given.Store.DeleteSubjectAsync("ann", cancelled).AsTask(), "a cancelled deletion").ConfigureAwait(false);
        await Expect.ThrowsAsync<OperationCanceledException>(() => given.Store.ListAsync(new("ann"), cancelled).AsTask(), "a cancelled list").ConfigureAwait(false);
        Expect.Equal("a=tea", await given.ListAsync().ConfigureAwait(false), "what is there");
    }

    private static async Task Concurrent_adds_have_one_winner_each(Case given)
    {
        var added = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(() => given.Store.AddAsync(Memory($"m{i % 10}", $"by {i}")).AsTask()))).ConfigureAwait(false);
        foreach (var same in added.GroupBy(static memory => memory.Id))
        {
            Expect.Equal(1, same.Select(static memory => (memory.Text, memory.Sequence)).Distinct().Count(), $"the winners of '{same.Key}'");
        }

        Expect.Equal(10, (await given.Store.ListAsync(new("ann")).ConfigureAwait(false)).Memories.Select(static memory => memory.Sequence).Distinct().Count(), "how many memories there are");
    }

    private static async Task All_of_it_survives_the_process(Case given)
    {
        await given.Store.AddAsync(Memory("a", "tea")).ConfigureAwait(false);
        await given.Store.AddAsync(Memory("b", "water")).ConfigureAwait(false);
        var last = await given.Store.AddAsync(Memory("c", "wine")).ConfigureAwait(false);
        await given.Store.UpdateAsync([Memory("a", "coffee")]).ConfigureAwait(false);
        await given.Store.DeleteAsync("ann", ["c"]).ConfigureAwait(false);
        if (!await given.ReopenAsync().ConfigureAwait(false))
        {
            return;
        }

        Expect.Equal("a=coffee,b=water", await given.ListAsync().ConfigureAwait(false), "what is there");
        Expect.True((await given.Store.AddAsync(Memory("d", "juice")).ConfigureAwait(false)).Sequence > last.Sequence, "a number is not given again after reopening");
    }

    private static MemoryRecord Memory(string id, string text) => new() { Subject = "ann", Id = id, Text = text, CreatedAt = DateTimeOffset.UnixEpoch, UpdatedAt = DateTimeOffset.UnixEpoch };

    /// <summary>A store under test.</summary>
    private sealed class Case(MemoryStoreHarness harness)
    {
        public required IMemoryStore Store { get; set; }

        public Task<string> ListAsync() => ListAsync(new("ann"));

        public async Task<string> ListAsync(MemoryQuery query) =>
            string.Join(",", (await Store.ListAsync(query).ConfigureAwait(false)).Memories.Select(static memory => $"{memory.Id}={memory.Text}"));

        public async Task<bool> ReopenAsync()
        {
            await CloseAsync().ConfigureAwait(false);
            if (await harness.ReopenAsync().ConfigureAwait(false) is not { } store)
            {
                return false;
            }

            Store = store;
            return true;
        }

        public async Task CloseAsync()
        {
            if (Store is IAsyncDisposable disposable)
            {
                await disposable.DisposeAsync().ConfigureAwait(false);
            }
            else
            {
                (Store as IDisposable)?.Dispose();
            }
        }
    }
}
