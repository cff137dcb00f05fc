namespace AgentFlow.Stores.Tests.Regressions;

/// <summary>Columns were not authenticated, and what was left out of a journal, moved in it or put back was not missed.</summary>
public sealed class AChangedJournalWasBelievedTests : SealingTest
{
    private static readonly (string Column, Func<JournalRecord, JournalRecord> Change)[] Columns =
    [
        ("kind", static r => r with { Kind = r.Kind == JournalKind.Skipped ? JournalKind.Completed : JournalKind.Skipped }),
        ("iteration", static r => r with { Iteration = r.Iteration + 1 }),
        ("action", static r => r with { Action = r.Action == "Check" ? "Pay" : "Check" }),
        ("item", static r => r with { Item = r.Item + 1 }),
        ("key", static r => r with { Key = "o/1/Pay/-1/0" }),
        ("no payload", static r => r with { Payload = default }),
    ];

    [Theory, MemberData(nameof(Stores))]
    public Task No_column_of_any_record_can_be_changed(string kind) => WithStoreAsync(kind, async store =>
    {
        await StartPayoutAsync(store, "o", "A");
        var count = (await store.ReadAllAsync("o")).Count;
        foreach (var (column, change) in Columns)
        {
            for (var i = 0; i < count; i++)
            {
                var id = $"{column}-{i}".Replace(' ', '-');
                await StartPayoutAsync(store, id, "A");
                await new Intruder(store).ChangeAsync(id, records => records[i] = change(records[i]));
                await IsToldAsync(store, id, $"{column} of record {i + 1}");
            }
        }
    });

    [Theory, MemberData(nameof(Stores))]
    public Task No_record_can_be_left_out_moved_or_put_back(string kind) => WithStoreAsync(kind, async store =>
    {
        await StartPayoutAsync(store, "o", "A");
        var count = (await store.ReadAllAsync("o")).Count;
        for (var i = 0; i < count; i++)
        {
            if (i < count - 1)
            {
                await StartPayoutAsync(store, $"out{i}", "A");
                await new Intruder(store).ChangeAsync($"out{i}", records => records.RemoveAt(i));
                await IsToldAsync(store, $"out{i}", $"record {i + 1} left out");

                await StartPayoutAsync(store, $"moved{i}", "A");
                await new Intruder(store).ChangeAsync($"moved{i}", records => (records[i], records[i + 1]) = (records[i + 1] with { Epoch = records[i].Epoch }, records[i] with { Epoch = records[i + 1].Epoch }));
                await IsToldAsync(store, $"moved{i}", $"records {i + 1} and {i + 2} in the other order");
            }

            await StartPayoutAsync(store, $"back{i}", "A");
            await new Intruder(store).ChangeAsync($"back{i}", records => records.Add(records[i] with { Key = null, Epoch = records[^1].Epoch }));
            await IsToldAsync(store, $"back{i}", $"record {i + 1} once more");
        }
    });

    [Theory, MemberData(nameof(Stores))]
    public Task A_place_does_not_get_an_older_outcome_back(string kind) => WithStoreAsync(kind, async store =>
    {
        // The same places are recorded twice, by two lives of one session, as after a backup was restored.
        await StartPayoutAsync(store, "o", "A");
        var (info, older) = ((await store.FindAsync("o", Ct))!, await store.ReadAllAsync("o"));
        await new Intruder(store).RewriteAsync(info, [.. older.Take(2)], state: SessionState.Running);
        await using (var runtime = Open(store))
        {
            Assert.Equal(SessionState.Suspended, await (await runtime.ResumeAsync(new Payout(), "o", Ct)).WaitAsync(Ct));
        }

        var place = older.FindIndex(static r => r.Action == "Check");
        await new Intruder(store).ChangeAsync("o", records =>
        {
            var at = records.FindIndex(static r => r.Action == "Check");
            records[at] = records[at] with { Payload = older[place].Payload };
        });
        await IsToldAsync(store, "o", "an older outcome of the same place");
    });

    [Theory, MemberData(nameof(Stores))]
    public Task What_was_cut_off_at_the_end_is_missed_by_who_has_kept_the_head(string kind) => WithStoreAsync(kind, async store =>
    {
        await StartPayoutAsync(store, "o", "A");
        await using var runtime = Open(store);
        var head = await runtime.VerifyAsync("o", cancellationToken: Ct);
        Assert.Equal((await store.FindAsync("o", Ct))!.Sequence, head.Sequence);
        await new Intruder(store).ChangeAsync("o", static records => records.RemoveAt(records.Count - 1));

        // An earlier state of the same session, whole in itself: nothing in the store says that there was more.
        var shorter = await runtime.VerifyAsync("o", cancellationToken: Ct);
        Assert.Equal(head.Sequence - 1, shorter.Sequence);
        await Assert.ThrowsAsync<DamagedSessionException>(() => runtime.VerifyAsync("o", head, Ct).AsTask());
        Assert.Equal(shorter, await runtime.VerifyAsync("o", shorter, Ct));
    });

    [Theory, MemberData(nameof(Stores))]
    public Task What_was_recorded_in_clear_is_not_believed_where_there_are_keys(string kind) => WithStoreAsync(kind, async store =>
    {
        await StartPayoutAsync(store, "o", "Mallory", isEncrypted: false);
        await IsToldAsync(store, "o", "a session in clear");

        // For as long as there are sessions of before.
        using var lenient = new PayloadEncryption("k1", new Dictionary<string, byte[]> { ["k1"] = [.. Enumerable.Repeat((byte)7, 32)] }) { AcceptsClear = true };
        await using (var runtime = new AgentRuntime(store, new() { Encryption = lenient }))
        {
            var session = await runtime.ResumeAsync(new Payout(), "o", Ct);
            await session.ApproveAsync("ann", cancellationToken: Ct);
            Assert.Equal("Mallory is good, approved by ann", await session.Result.WaitAsync(Patience, Ct));
        }
    });

    [Theory, MemberData(nameof(Stores))]
    public Task An_end_is_not_taken_back_and_not_made_up(string kind) => WithStoreAsync(kind, async store =>
    {
        await StartPayoutAsync(store, "ended", "A");
        Assert.Equal("A is good, approved by ann", await ApproveAsync(store, "ended"));
        await StartPayoutAsync(store, "waits", "B");
        var intruder = new Intruder(store);
        await intruder.RewriteAsync((await store.FindAsync("ended", Ct))!, await store.ReadAllAsync("ended"), state: SessionState.Running);
        await intruder.RewriteAsync((await store.FindAsync("waits", Ct))!, await store.ReadAllAsync("waits"), state: SessionState.Completed);
        await using var runtime = Open(store);
        await Assert.ThrowsAsync<DamagedSessionException>(() => runtime.ResumeAsync(new Payout(), "ended", Ct).AsTask());
        var waits = (await runtime.FindAsync(new Payout(), "waits", Ct))!;
        await Assert.ThrowsAsync<DamagedSessionException>(() => waits.Result.WaitAsync(Patience, Ct));
    });

    [Theory, MemberData(nameof(Stores))]
    public Task Accidents_are_told_without_keys_as_well(string kind) => WithStoreAsync(kind, async store =>
    {
        await StartPayoutAsync(store, "a", "A", isEncrypted: false);
        await StartPayoutAsync(store, "b", "B", isEncrypted: false);
        var theirs = await store.ReadAllAsync("b");
        await new Intruder(store).ChangeAsync("a", mine => mine[2] = mine[2] with { Payload = theirs[2].Payload });
        await IsToldAsync(store, "a", "a record of another, in clear", isEncrypted: false);
        await new Intruder(store).ChangeAsync("b", static mine => mine.RemoveAt(2));
        await IsToldAsync(store, "b", "a record left out, in clear", isEncrypted: false);
    });
}
