namespace AgentFlow.Stores.Tests.Regressions;

/// <summary>Rows that were swapped in the store opened, and one session paid to another's account.</summary>
public sealed class OneSessionPaidAnothersAccountTests : SealingTest
{
    [Theory, MemberData(nameof(Stores))]
    public Task What_the_intruder_leaves_as_it_was_goes_on(string kind) => WithStoreAsync(kind, async store =>
    {
        await StartPayoutAsync(store, "a", "A");
        await new Intruder(store).ChangeAsync("a", static _ => { });
        Assert.Equal("A is good, approved by ann", await ApproveAsync(store, "a"));
    });

    [Theory, MemberData(nameof(Stores))]
    public Task A_session_does_not_take_the_journal_of_another(string kind) => WithStoreAsync(kind, async store =>
    {
        await StartPayoutAsync(store, "a", "A");
        await StartPayoutAsync(store, "b", "B");
        var theirs = await store.ReadAllAsync("b");
        await new Intruder(store).ChangeAsync("a", mine => Replace(mine, theirs));
        await IsToldAsync(store, "a", "the whole journal of another");
        Assert.Equal("B is good, approved by ann", await ApproveAsync(store, "b"));
    });

    [Theory, MemberData(nameof(Stores))]
    public Task No_record_of_another_session_opens(string kind) => WithStoreAsync(kind, async store =>
    {
        await StartPayoutAsync(store, "b", "B");
        var theirs = await store.ReadAllAsync("b");
        for (var i = 0; i < theirs.Count; i++)
        {
            await StartPayoutAsync(store, $"a{i}", "A");
            await new Intruder(store).ChangeAsync($"a{i}", mine => mine[i] = mine[i] with { Payload = theirs[i].Payload });
            await IsToldAsync(store, $"a{i}", $"record {i + 1} of another");
        }
    });

    [Theory, MemberData(nameof(Stores))]
    public Task Another_agent_does_not_read_it(string kind) => WithStoreAsync(kind, async store =>
    {
        await StartPayoutAsync(store, "a", "A");
        var records = await store.ReadAllAsync("a");
        await new Intruder(store).RewriteAsync((await store.FindAsync("a", Ct))! with { Agent = "Collector" }, records);
        await using var runtime = Open(store);
        await Assert.ThrowsAsync<DamagedSessionException>(() => runtime.ResumeAsync(new Collector(), "a", Ct).AsTask());
    });

    [Theory, MemberData(nameof(Stores))]
    public Task A_fork_has_only_the_past_that_it_was_given(string kind) => WithStoreAsync(kind, async store =>
    {
        await StartPayoutAsync(store, "a", "A");
        await StartPayoutAsync(store, "b", "B");
        var place = (await store.ReadAllAsync("a")).FindIndex(static r => r.Action == "Check") + 1;
        await using (var runtime = Open(store))
        {
            await runtime.ForkAsync(new Payout(), "a", new() { Id = "f", Sequence = place, IsPaused = true }, Ct);
        }

        var theirs = await store.ReadAllAsync("b");
        await new Intruder(store).ChangeAsync("f", mine =>
        {
            for (var i = 0; i < place; i++)
            {
                mine[i] = theirs[i];
            }
        });
        await IsToldAsync(store, "f", "a fork with the past of another");

        // And none is given a past by saying that it is a fork.
        await new Intruder(store).RewriteAsync((await store.FindAsync("b", Ct))! with { Id = "g", ForkedFrom = "b", ForkedAt = theirs.Count - 1 }, theirs);
        await IsToldAsync(store, "g", "a session that says it is a fork");
    });

    [Theory, MemberData(nameof(Stores))]
    public Task Forks_of_forks_go_on_when_their_sources_are_gone(string kind) => WithStoreAsync(kind, async store =>
    {
        await StartPayoutAsync(store, "a", "A");
        await using var runtime = Open(store);
        await runtime.ForkAsync(new Payout(), "a", new ForkOptions { Id = "f", After = "Check", IsPaused = true }.Set("Check", "F is good"), Ct);
        await runtime.ForkAsync(new Payout(), "f", new() { Id = "g", IsPaused = true }, Ct);
        await runtime.ForkAsync(new Payout(), "f", new() { Id = "h", After = "Check", IsPaused = true }, Ct);
        await store.DeleteAsync("a", Ct);
        await store.DeleteAsync("f", Ct);
        Assert.Equal("F is good, approved by ann", await ApproveAsync(store, "g"));
        Assert.Equal("A is good, approved by ann", await ApproveAsync(store, "h"));
        Assert.True((await runtime.VerifyAsync("g", cancellationToken: Ct)).IsAuthenticated);
        await using var auditor = Open(store, isEncrypted: false);
        Assert.False((await auditor.VerifyAsync("h", cancellationToken: Ct)).IsAuthenticated);
    });

    private static void Replace(List<JournalRecord> mine, List<JournalRecord> theirs)
    {
        mine.Clear();
        mine.AddRange(theirs);
    }
}
