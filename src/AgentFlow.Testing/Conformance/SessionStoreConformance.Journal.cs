using static AgentFlow.Testing.Expect;

namespace AgentFlow.Testing;

/// <content>What is recorded, in which order, and what is refused.</content>
public static partial class SessionStoreConformance
{
    private static async Task Records_come_back_as_written(Case c)
    {
        var claim = await c.CreateAsync("a").ConfigureAwait(false);
        var written = new JournalRecord { Kind = JournalKind.Failed, Iteration = 3, Action = "Pay", Item = 7, Key = "o/3/Pay/7/0", Payload = new byte[] { 0, 1, 255 } };
        var time = await c.AppendAsync(claim, 1, [written]).ConfigureAwait(false);
        var read = (await c.ReadAsync("a", 1).ConfigureAwait(false)).Single();
        Equal((2L, JournalKind.Failed, 3, "Pay", 7, "o/3/Pay/7/0", 1L), (read.Sequence, read.Kind, read.Iteration, read.Action, read.Item, read.Key, read.Epoch), "the record");
        Equal("0001FF", Convert.ToHexString(read.Payload.Span), "its payload");
        True((time - read.Timestamp).Duration() < TimeSpan.FromMilliseconds(1), "the record has the time of its append");
    }

    private static async Task Reading_begins_after(Case c)
    {
        var claim = await c.CreateAsync("a").ConfigureAwait(false);
        await c.AppendAsync(claim, 1, [Outcome("A"), Outcome("B"), Outcome("C")]).ConfigureAwait(false);
        Equal("B,C", string.Join(",", (await c.ReadAsync("a", 2).ConfigureAwait(false)).Select(static r => r.Action)), "what follows record 2");
        Equal(0, (await c.ReadAsync("a", 4).ConfigureAwait(false)).Count, "what follows the last record");
    }

    private static async Task Appending_out_of_sequence_is_fenced(Case c)
    {
        var claim = await c.CreateAsync("a").ConfigureAwait(false);
        await ThrowsAsync<FencedException>(() => c.AppendAsync(claim, 0, [Outcome("A")]).AsTask(), "an append before the end").ConfigureAwait(false);
        await ThrowsAsync<FencedException>(() => c.AppendAsync(claim, 2, [Outcome("A")]).AsTask(), "an append past the end").ConfigureAwait(false);
    }

    private static async Task A_key_is_recorded_once(Case c)
    {
        var claim = await c.CreateAsync("a").ConfigureAwait(false);
        await c.AppendAsync(claim, 1, [Outcome("A")]).ConfigureAwait(false);
        await ThrowsAsync<FencedException>(() => c.AppendAsync(claim, 2, [Outcome("A")]).AsTask(), "a second record with an equal key").ConfigureAwait(false);
        await c.CreateAsync("b").ConfigureAwait(false);
        await c.AppendAsync(await c.ClaimAsync("b").ConfigureAwait(false), 1, [Outcome("A")]).ConfigureAwait(false);
    }

    private static async Task A_refused_append_changes_nothing(Case c)
    {
        var claim = await c.CreateAsync("a").ConfigureAwait(false);
        await c.AppendAsync(claim, 1, [Outcome("A")]).ConfigureAwait(false);
        await c.Store.SignalAsync(Signal("a")).ConfigureAwait(false);
        var before = await c.FindAsync("a").ConfigureAwait(false);
        var append = new SessionAppend { Claim = claim, After = 2, Records = [Outcome("B"), Outcome("A")], State = SessionState.Completed, Consumed = [1], Snapshot = new(4, new byte[] { 1 }), SetsWake = true, WakeAfter = c.Unit, Releases = true };
        await ThrowsAsync<FencedException>(() => c.Store.AppendAsync(append).AsTask(), "an append of which one key is recorded").ConfigureAwait(false);
        Equal(before, await c.FindAsync("a").ConfigureAwait(false), "the session");
        Equal(2, (await c.ReadAsync("a", 0).ConfigureAwait(false)).Count, "how many records there are");
        Equal(1, (await c.Store.ReadSignalsAsync("a").ConfigureAwait(false)).Count, "how many signals wait");
        Equal<SessionSnapshot?>(null, await c.Store.FindSnapshotAsync("a", 100).ConfigureAwait(false), "the snapshot");
    }

    private static async Task A_refused_append_of_many_leaves_no_trace(Case c)
    {
        var claim = await c.CreateAsync("a").ConfigureAwait(false);
        await c.AppendAsync(claim, 1, [Outcome("A")]).ConfigureAwait(false);

        // What is refused comes first, in the middle and last; or the whole is out of sequence, or under another claim.
        JournalRecord[][] refused = [[Outcome("A"), Outcome("B"), Outcome("C")], [Outcome("B"), Outcome("A"), Outcome("C")], [Outcome("B"), Outcome("C"), Outcome("A")]];
        foreach (var records in refused)
        {
            await ThrowsAsync<FencedException>(() => c.AppendAsync(claim, 2, records).AsTask(), "records of which one is there").ConfigureAwait(false);
        }

        await ThrowsAsync<FencedException>(() => c.AppendAsync(claim, 1, [Outcome("B"), Outcome("C")]).AsTask(), "records before the end").ConfigureAwait(false);
        await ThrowsAsync<FencedException>(() => c.AppendAsync(claim with { Epoch = claim.Epoch - 1 }, 2, [Outcome("B"), Outcome("C")]).AsTask(), "records under an older claim").ConfigureAwait(false);
        Equal("A", string.Join(",", (await c.ReadAsync("a", 1).ConfigureAwait(false)).Select(static r => r.Action)), "what is recorded");
        Equal(2L, (await c.FindAsync("a").ConfigureAwait(false)).Sequence, "the sequence number");

        // No key, and no number, was used up by what was refused.
        await c.AppendAsync(claim, 2, [Outcome("B"), Outcome("C"), Outcome("D")]).ConfigureAwait(false);
        Equal("2A,3B,4C,5D", string.Join(",", (await c.ReadAsync("a", 1).ConfigureAwait(false)).Select(static r => $"{r.Sequence}{r.Action}")), "what is recorded after the next append");
    }

    private static async Task An_illegal_transition_is_refused(Case c)
    {
        var claim = await c.CreateAsync("a").ConfigureAwait(false);
        await c.AppendAsync(claim, 1, [], SessionState.Completed).ConfigureAwait(false);
        await ThrowsAsync<InvalidSessionTransitionException>(() => c.AppendAsync(claim, 1, [], SessionState.Running).AsTask(), "going on after the end").ConfigureAwait(false);
        await c.AppendAsync(claim, 1, [], SessionState.Archived).ConfigureAwait(false);
        await ThrowsAsync<InvalidSessionTransitionException>(() => c.AppendAsync(claim, 1, [], SessionState.Failed).AsTask(), "leaving the archive").ConfigureAwait(false);
    }

    private static async Task A_snapshot_is_found(Case c)
    {
        var claim = await c.CreateAsync("a").ConfigureAwait(false);
        await c.Store.AppendAsync(new SessionAppend { Claim = claim, After = 1, Records = [Outcome("A")], Snapshot = new(2, new byte[] { 2 }) }).ConfigureAwait(false);
        await c.Store.AppendAsync(new SessionAppend { Claim = claim, After = 2, Records = [Outcome("B")], Snapshot = new(3, new byte[] { 3 }) }).ConfigureAwait(false);
        var newest = await c.Store.FindSnapshotAsync("a", long.MaxValue).ConfigureAwait(false);
        Equal((3L, "03"), (newest!.Sequence, Convert.ToHexString(newest.Payload.Span)), "the newest snapshot");
        var older = await c.Store.FindSnapshotAsync("a", 2).ConfigureAwait(false);
        True(older is null or { Sequence: 2 }, "none newer than asked for is found");
    }

    private static async Task A_fork_shares_the_beginning_and_nothing_else(Case c)
    {
        var claim = await c.CreateAsync("a").ConfigureAwait(false);
        await c.Store.AppendAsync(new SessionAppend { Claim = claim, After = 1, Records = [Outcome("A"), Outcome("B")], Snapshot = new(3, new byte[] { 3 }) }).ConfigureAwait(false);
        await c.Store.SignalAsync(Signal("a")).ConfigureAwait(false);
        var fork = await c.Store.ForkAsync("a", 2, Info("f")).ConfigureAwait(false);
        Equal(("f", "Agent", SessionState.Paused, 2L, "a", 2L), (fork.Id, fork.Agent, fork.State, fork.Sequence, fork.ForkedFrom, fork.ForkedAt), "the fork");
        Equal<SessionSnapshot?>(null, await c.Store.FindSnapshotAsync("f", long.MaxValue).ConfigureAwait(false), "a snapshot from after the place");
        Equal(0, (await c.Store.ReadSignalsAsync("f").ConfigureAwait(false)).Count, "how many signals it has");
        await c.AppendAsync(await c.ClaimAsync("f").ConfigureAwait(false), 2, [Outcome("B"), Outcome("C")]).ConfigureAwait(false);
        await ThrowsAsync<FencedException>(async () => await c.AppendAsync(await c.ClaimAsync("f").ConfigureAwait(false), 4, [Outcome("A")]).ConfigureAwait(false), "a record that it shares").ConfigureAwait(false);
        Equal(3, (await c.ReadAsync("a", 0).ConfigureAwait(false)).Count, "how many records the source has");
        await ThrowsAsync<SessionExistsException>(() => c.Store.ForkAsync("a", 2, Info("f")).AsTask(), "a second fork of that id").ConfigureAwait(false);
    }

    private static async Task A_fork_of_too_much_is_refused(Case c)
    {
        await c.CreateAsync("a").ConfigureAwait(false);
        await ThrowsAsync<SessionNotFoundException>(() => c.Store.ForkAsync("a", 2, Info("f")).AsTask(), "a fork past the end").ConfigureAwait(false);
        await ThrowsAsync<SessionNotFoundException>(() => c.Store.ForkAsync("none", 1, Info("f")).AsTask(), "a fork of nothing").ConfigureAwait(false);
    }

    private static async Task A_fork_is_made_with_its_own_records_or_not_at_all(Case c)
    {
        await c.AppendAsync(await c.CreateAsync("a").ConfigureAwait(false), 1, [Outcome("A"), Outcome("B")]).ConfigureAwait(false);
        var fork = new SessionFork { Source = "a", UpTo = 2, Session = Info("f"), Records = [new() { Kind = JournalKind.Edited, Action = "A", Payload = new byte[] { 7 } }, Outcome("C")], State = SessionState.Running };
        await ThrowsAsync<FencedException>(() => c.Store.ForkAsync(fork with { Records = [Outcome("C"), Outcome("A")] }).AsTask(), "a fork with a key that it shares").ConfigureAwait(false);
        Equal<SessionInfo?>(null, await c.Store.FindAsync("f").ConfigureAwait(false), "a fork that was refused");
        var made = await c.Store.ForkAsync(fork).ConfigureAwait(false);
        Equal((SessionState.Running, 4L, 2L), (made.State, made.Sequence, made.ForkedAt), "the fork");
        var found = await c.FindAsync("f").ConfigureAwait(false);
        Equal((SessionState.Running, 4L, null), (found.State, found.Sequence, found.Owner), "what is found of it");
        var records = await c.ReadAsync("f", 0).ConfigureAwait(false);
        Equal("Created1,CompletedA2,EditedA3,CompletedC4", string.Join(",", records.Select(static r => $"{r.Kind}{r.Action}{r.Sequence}")), "its records");
        Equal("07", Convert.ToHexString(records[2].Payload.Span), "the payload of its own record");
        Equal("f", await c.DueAsync().ConfigureAwait(false), "what is due");
        var claim = await c.ClaimAsync("f").ConfigureAwait(false);
        await ThrowsAsync<FencedException>(() => c.AppendAsync(claim, 4, [Outcome("C")]).AsTask(), "a key of its own, again").ConfigureAwait(false);
        await c.AppendAsync(claim, 4, [Outcome("B")]).ConfigureAwait(false);
    }

    private static async Task Strange_text_and_bytes_survive(Case c)
    {
        var claim = await c.CreateAsync("a").ConfigureAwait(false);
        var action = "'; DROP TABLE sessions; -- \u00e4\u4e2d\U0001F600";
        var payload = Enumerable.Range(0, 256).Select(static i => (byte)i).ToArray();
        await c.AppendAsync(claim, 1, [new() { Kind = JournalKind.Completed, Iteration = int.MaxValue, Action = action, Key = action, Payload = payload }]).ConfigureAwait(false);
        await c.AppendAsync(claim, 2, [new() { Kind = JournalKind.Completed, Payload = new byte[1 << 20] }]).ConfigureAwait(false);
        await c.Store.SignalAsync(new() { Session = "a", Name = action, Sender = action, Key = action }).ConfigureAwait(false);
        var records = await c.ReadAsync("a", 1).ConfigureAwait(false);
        Equal((action, int.MaxValue), (records[0].Action, records[0].Iteration), "the record");
        Equal(Convert.ToHexString(payload), Convert.ToHexString(records[0].Payload.Span), "its payload");
        Equal(1 << 20, records[1].Payload.Length, "the size of a large one");
        var signal = (await c.Store.ReadSignalsAsync("a").ConfigureAwait(false)).Single();
        Equal((action, action, action, 0), (signal.Name, signal.Sender, signal.Key!, signal.Payload.Length), "the signal");
    }

    private static async Task Concurrent_sessions_do_not_mix(Case c)
    {
        await Task.WhenAll(Enumerable.Range(0, 16).Select(async s =>
        {
            var id = $"s{s}";
            var claim = await c.CreateAsync(id).ConfigureAwait(false);
            for (var i = 0; i < 20; i++)
            {
                await c.AppendAsync(claim, i + 1, [Outcome($"{id}-{i}")]).ConfigureAwait(false);
            }
        })).ConfigureAwait(false);
        for (var s = 0; s < 16; s++)
        {
            Equal(string.Join(",", Enumerable.Range(0, 20).Select(i => $"s{s}-{i}")), string.Join(",", (await c.ReadAsync($"s{s}", 1).ConfigureAwait(false)).Select(static r => r.Action)), "the records of one session");
        }
    }

    private static async Task Racing_appends_have_one_winner(Case c)
    {
        var claim = await c.CreateAsync("a").ConfigureAwait(false);
        for (var round = 1; round <= 20; round++)
        {
            var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(async () =>
            {
                try
                {
                    await c.AppendAsync(claim, round, [Outcome($"{round}-{i}")]).ConfigureAwait(false);
                    return 1;
                }
                catch (FencedException)
                {
                    return 0;
                }
            }))).ConfigureAwait(false);
            Equal(1, results.Sum(), "how many of racing appends were let pass");
        }

        Equal(21, (await c.ReadAsync("a", 0).ConfigureAwait(false)).Count, "how many records there are");
    }

    private static async Task All_of_it_survives_the_process(Case c)
    {
        var claim = await c.CreateAsync("a").ConfigureAwait(false);
        await c.Store.SignalAsync(Signal("a") with { Key = "k" }).ConfigureAwait(false);
        await c.Store.SignalAsync(Signal("a")).ConfigureAwait(false);
        await c.Store.AppendAsync(new SessionAppend { Claim = claim, After = 1, Records = [Outcome("A")], State = SessionState.Suspended, Snapshot = new(2, new byte[] { 9 }), SetsWake = true, WakeAfter = TimeSpan.FromDays(2), Consumed = [1], SignalsSeen = 2, Releases = true }).ConfigureAwait(false);
        var before = await c.FindAsync("a").ConfigureAwait(false);
        if (await c.Harness.ReopenAsync(c.Store).ConfigureAwait(false) is not { } store)
        {
            return;
        }

        await using (store.ConfigureAwait(false))
        {
            var again = new Case(store, c.Harness);
            Equal(before, await again.FindAsync("a").ConfigureAwait(false), "the session");
            Equal("Created,Completed", string.Join(",", (await again.ReadAsync("a", 0).ConfigureAwait(false)).Select(static r => r.Kind)), "its records");
            Equal(2L, (await store.ReadSignalsAsync("a").ConfigureAwait(false)).Single().Number, "its signals");
            True(!await store.SignalAsync(Signal("a") with { Key = "k" }).ConfigureAwait(false), "the key of a signal is remembered");
            Equal(2L, (await store.FindSnapshotAsync("a", long.MaxValue).ConfigureAwait(false))!.Sequence, "its snapshot");
            var next = await again.ClaimAsync("a").ConfigureAwait(false);
            True(next.Epoch > claim.Epoch, "the epoch rises across processes");
            await ThrowsAsync<FencedException>(() => again.AppendAsync(next, 2, [Outcome("A")]).AsTask(), "a key that is recorded").ConfigureAwait(false);
            await again.AppendAsync(next, 2, [Outcome("B")]).ConfigureAwait(false);
        }
    }
}
