namespace AgentFlow.Stores.Tests.Regressions;

/// <summary>Signals and snapshots of one session opened in another.</summary>
public sealed class SwappedSignalsAndSnapshotsOpenedTests : SealingTest
{
    private static readonly (string What, Func<SignalRecord, SignalRecord> Change)[] Changes =
    [
        ("session", static s => s with { Session = "a" }),
        ("sender", static s => s with { Session = "b", Sender = "the boss" }),
        ("key", static s => s with { Session = "b", Key = "another" }),
        ("no key", static s => s with { Session = "b", Key = null }),
        ("no payload", static s => s with { Session = "b", Payload = default }),
    ];

    [Theory, MemberData(nameof(Stores))]
    public Task A_signal_counts_only_as_it_was_given(string kind) => WithStoreAsync(kind, async store =>
    {
        foreach (var (what, change) in Changes)
        {
            await StartPayoutAsync(store, "a", "A");
            await StartPayoutAsync(store, "b", "B");
            await using (var runtime = new AgentRuntime(store, new() { Encryption = Keys }))
            {
                // Whoever knows the agent would take it at once.
                await runtime.SignalAsync("b", "Approve", System.Text.Json.JsonElement.Parse("\"bob\""), new() { Sender = "bob", Key = "k" }, Ct);
            }

            var signal = (await store.ReadSignalsAsync("b", Ct)).Single();
            var info = (await store.FindAsync("b", Ct))!;
            await new Intruder(store).RewriteAsync(info, await store.ReadAllAsync("b"));
            await store.SignalAsync(change(signal), Ct);
            var target = change(signal).Session;
            await using (var runtime = Open(store))
            {
                var session = await runtime.ResumeAsync(new Payout(), target, Ct);
                await UntilRefusedAsync(store, target);
                Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct));
            }

            Assert.Empty(await store.ReadSignalsAsync(target, Ct));
            Assert.EndsWith("approved by ann", await ApproveAsync(store, target), StringComparison.Ordinal);
            await store.DeleteAsync("a", Ct);
            await store.DeleteAsync("b", Ct);
            Assert.NotNull(what);
        }
    });

    [Theory, MemberData(nameof(Stores))]
    public Task A_snapshot_goes_on_only_from_its_own_record(string kind) => WithStoreAsync(kind, async store =>
    {
        var (infoA, recordsA, snapshotA) = await CollectAsync(store, "a");
        var (_, _, snapshotB) = await CollectAsync(store, "b");
        var intruder = new Intruder(store);

        await intruder.RewriteAsync(infoA, recordsA, snapshotA);
        await using var runtime = Open(store);
        Assert.Equal(SessionState.Suspended, await (await runtime.ResumeAsync(new Collector(), "a", Ct)).WaitAsync(Ct));

        await intruder.RewriteAsync(infoA, recordsA, snapshotB with { Sequence = snapshotA.Sequence });
        await IsToldAsync("another session's");
        await intruder.RewriteAsync(infoA, recordsA, snapshotA with { Sequence = snapshotA.Sequence - 3 });
        await IsToldAsync("of another record");
        await intruder.RewriteAsync(infoA, [.. recordsA.Take((int)snapshotA.Sequence - 2)], snapshotA);
        await IsToldAsync("of a record that is gone");
        if (recordsA.Count > snapshotA.Sequence)
        {
            var at = (int)snapshotA.Sequence;
            await intruder.RewriteAsync(infoA, [.. recordsA.Take(at), .. recordsA.Skip(at + 1)], snapshotA);
            await IsToldAsync("followed by another record than the next");
        }

        async Task IsToldAsync(string what)
        {
            await using var reader = Open(store);
            var error = await Record.ExceptionAsync(() => reader.ResumeAsync(new Collector(), "a", Ct).AsTask());
            Assert.True(error is DamagedSessionException, $"a snapshot {what}: {error?.GetType().ToString() ?? "it was used"}");
            error = await Record.ExceptionAsync(() => reader.VerifyAsync("a", cancellationToken: Ct).AsTask());
            Assert.True(error is DamagedSessionException, $"a snapshot {what}: {error?.GetType().ToString() ?? "it was verified"}");
        }
    });

    [Theory, MemberData(nameof(Stores))]
    public Task A_signal_that_was_taken_is_not_taken_again(string kind) => WithStoreAsync(kind, async store =>
    {
        await using (var runtime = Open(store))
        {
            Assert.Equal(SessionState.Suspended, await (await runtime.StartAsync(new Collector(), default, new() { Id = "a" }, Ct)).WaitAsync(Ct));
        }

        await using (var stranger = Open(store))
        {
            await stranger.SignalAsync("a", "Next", System.Text.Json.JsonElement.Parse("\"once\""), new() { Sender = "ann" }, Ct);
        }

        var signal = (await store.ReadSignalsAsync("a", Ct)).Single();
        for (var again = 0; again < 2; again++)
        {
            await using var runtime = Open(store);
            var session = await runtime.ResumeAsync(new Collector(), "a", Ct);
            while ((await store.ReadSignalsAsync("a", Ct)).Count > 0)
            {
                await Task.Delay(5, Ct);
            }

            // Once as long as the worker lives, and once to one that reads what happened.
            await store.SignalAsync(signal, Ct);
            while ((await store.ReadAllAsync("a")).Count(static r => r.Kind == JournalKind.SignalRefused) <= again)
            {
                await Task.Delay(5, Ct);
            }

            Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct));
            if (again == 1)
            {
                await session.NextAsync("", cancellationToken: Ct);
                Assert.Equal(4, await session.Result.WaitAsync(Patience, Ct));
            }
        }
    });
}
