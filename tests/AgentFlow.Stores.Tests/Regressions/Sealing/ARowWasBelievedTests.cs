namespace AgentFlow.Stores.Tests.Regressions;

/// <summary>What the row of a session said of its state was believed: a paused session was set going, and operators' calls took a made-up end for one.</summary>
public sealed class ARowWasBelievedTests : SealingTest
{
    [Theory, MemberData(nameof(Stores))]
    public Task A_paused_session_does_not_go_on_because_its_row_says_so(string kind) => WithStoreAsync(kind, async store =>
    {
        foreach (var state in new[] { SessionState.Running, SessionState.Suspended, SessionState.Created, SessionState.Uncertain })
        {
            var id = $"paused-{state}";
            await StartPayoutAsync(store, id, "A");
            await using (var runtime = Open(store))
            {
                var session = (await runtime.FindAsync(new Payout(), id, Ct))!;
                await session.PauseAsync(Ct);
                await session.CheckpointAsync("here", Ct);
            }

            await SetStateAsync(store, id, state);
            await using var later = Open(store);
            var told = await Record.ExceptionAsync(async () => await (await later.ResumeAsync(new Payout(), id, Ct)).Result.WaitAsync(Patience, Ct));
            Assert.True(told is DamagedSessionException, $"{state}: {told?.GetType().ToString() ?? "it went on"}");
            await Assert.ThrowsAsync<DamagedSessionException>(() => later.VerifyAsync(id, cancellationToken: Ct).AsTask());
        }
    });

    [Theory, MemberData(nameof(Stores))]
    public Task A_fork_that_was_made_paused_does_not_go_on_either(string kind) => WithStoreAsync(kind, async store =>
    {
        await StartPayoutAsync(store, "o", "A");
        await using (var runtime = Open(store))
        {
            await runtime.ForkAsync(new Payout(), "o", new() { Id = "fork", IsPaused = true }, Ct);
        }

        // Only the row: a fork that is written anew is refused for other reasons.
        var claim = (await store.ClaimAsync("fork", Given.Owner, Given.Lease, Ct))!;
        await store.AppendAsync(new SessionAppend { Claim = claim, After = claim.Info.Sequence, State = SessionState.Running, Releases = true }, Ct);
        await using var later = Open(store);
        await Assert.ThrowsAsync<DamagedSessionException>(() => later.ResumeAsync(new Payout(), "fork", Ct).AsTask());
        await Assert.ThrowsAsync<DamagedSessionException>(() => later.VerifyAsync("fork", cancellationToken: Ct).AsTask());
    });

    [Theory, MemberData(nameof(Stores))]
    public Task Nobody_changes_a_session_on_the_word_of_its_row(string kind) => WithStoreAsync(kind, async store =>
    {
        await StartPayoutAsync(store, "paid", "A");
        await ApproveAsync(store, "paid");
        var count = (await store.ReadAllAsync("paid")).Count;

        // It wakes nothing by itself, though the row says that there is something to do: that would be refused too, and meanwhile own the session.
        await using var runtime = new AgentRuntime(store, new() { Encryption = Keys, Wakes = false });
        await SetStateAsync(store, "paid", SessionState.Failed);
        await IsRefusedAsync(() => runtime.RedriveAsync(new Payout(), "paid", Ct).AsTask());
        await IsRefusedAsync(() => runtime.RerunAsync(new Payout(), "paid", ["Pay"], Ct).AsTask());
        await SetStateAsync(store, "paid", SessionState.Suspended);
        await IsRefusedAsync(() => runtime.CancelAsync("paid", Ct).AsTask());
        await SetStateAsync(store, "paid", SessionState.Uncertain);
        await IsRefusedAsync(() => runtime.SettleAsync(new Payout(), "paid", "Pay", Settlement.Completed("twice"), Ct).AsTask());
        await SetStateAsync(store, "paid", SessionState.Completed);
        await runtime.ArchiveAsync("paid", Ct);
        Assert.Equal("A is good, approved by ann", await (await runtime.FindAsync(new Payout(), "paid", Ct))!.Result.WaitAsync(Patience, Ct));

        async Task IsRefusedAsync(Func<Task> change)
        {
            await Assert.ThrowsAsync<DamagedSessionException>(change);
            Assert.Equal(count, (await store.ReadAllAsync("paid")).Count);
        }
    });

    [Theory, MemberData(nameof(Stores))]
    public Task A_session_has_not_completed_before_its_snapshot(string kind) => WithStoreAsync(kind, async store =>
    {
        var (info, records, snapshot) = await CollectAsync(store, "a");
        await new Intruder(store).RewriteAsync(info, [.. records.Take(4)], snapshot, state: SessionState.Completed);
        await using var runtime = Open(store);
        var session = (await runtime.FindAsync(new Collector(), "a", Ct))!;
        await Assert.ThrowsAsync<DamagedSessionException>(() => session.Result.WaitAsync(Patience, Ct));
    });

    private static async Task SetStateAsync(ISessionStore store, string id, SessionState state) =>
        await new Intruder(store).RewriteAsync((await store.FindAsync(id, Ct))!, await store.ReadAllAsync(id), state: state);
}
