using System.Text;

namespace AgentFlow.Testing;

/// <summary>
/// What a session store has to do, as checks that run one by one: <c>foreach (var name in SessionStoreConformance.Names) await
/// SessionStoreConformance.RunAsync(name, harness);</c>. A store that passes them all is one.
/// </summary>
public static partial class SessionStoreConformance
{
    private const string Owner = "worker-1";
    private const string Other = "worker-2";

    private static readonly Dictionary<string, Func<Case, Task>> Checks = new(StringComparer.Ordinal)
    {
        [nameof(Created_is_found)] = Created_is_found,
        [nameof(Creating_twice_is_refused)] = Creating_twice_is_refused,
        [nameof(Ids_are_validated)] = Ids_are_validated,
        [nameof(Missing_is_not_found)] = Missing_is_not_found,
        [nameof(Records_come_back_as_written)] = Records_come_back_as_written,
        [nameof(Reading_begins_after)] = Reading_begins_after,
        [nameof(Appending_out_of_sequence_is_fenced)] = Appending_out_of_sequence_is_fenced,
        [nameof(A_key_is_recorded_once)] = A_key_is_recorded_once,
        [nameof(A_refused_append_changes_nothing)] = A_refused_append_changes_nothing,
        [nameof(An_illegal_transition_is_refused)] = An_illegal_transition_is_refused,
        [nameof(One_owner_at_a_time)] = One_owner_at_a_time,
        [nameof(A_claim_raises_the_epoch)] = A_claim_raises_the_epoch,
        [nameof(A_lease_ends)] = A_lease_ends,
        [nameof(A_renewed_lease_lasts)] = A_renewed_lease_lasts,
        [nameof(A_zombie_is_fenced)] = A_zombie_is_fenced,
        [nameof(A_released_session_can_be_claimed)] = A_released_session_can_be_claimed,
        [nameof(A_late_release_does_no_harm)] = A_late_release_does_no_harm,
        [nameof(Running_is_due_when_nobody_owns_it)] = Running_is_due_when_nobody_owns_it,
        [nameof(What_is_being_created_is_nobody_elses)] = What_is_being_created_is_nobody_elses,
        [nameof(Suspended_is_due_at_its_time_and_not_before)] = Suspended_is_due_at_its_time_and_not_before,
        [nameof(Suspended_is_due_when_a_new_signal_has_come)] = Suspended_is_due_when_a_new_signal_has_come,
        [nameof(Only_the_asked_agents_are_due)] = Only_the_asked_agents_are_due,
        [nameof(Signals_keep_their_order_until_taken)] = Signals_keep_their_order_until_taken,
        [nameof(A_repeated_signal_is_dropped_even_when_taken)] = A_repeated_signal_is_dropped_even_when_taken,
        [nameof(Signals_of_an_ended_session_are_refused)] = Signals_of_an_ended_session_are_refused,
        [nameof(A_snapshot_is_found)] = A_snapshot_is_found,
        [nameof(A_fork_shares_the_beginning_and_nothing_else)] = A_fork_shares_the_beginning_and_nothing_else,
        [nameof(A_fork_of_too_much_is_refused)] = A_fork_of_too_much_is_refused,
        [nameof(Lists_are_filtered_and_paged)] = Lists_are_filtered_and_paged,
        [nameof(Deleted_is_gone_and_its_forks_are_not)] = Deleted_is_gone_and_its_forks_are_not,
        [nameof(An_owned_session_is_not_deleted)] = An_owned_session_is_not_deleted,
        [nameof(Strange_text_and_bytes_survive)] = Strange_text_and_bytes_survive,
        [nameof(Concurrent_sessions_do_not_mix)] = Concurrent_sessions_do_not_mix,
        [nameof(Racing_appends_have_one_winner)] = Racing_appends_have_one_winner,
        [nameof(Racing_claims_have_one_winner)] = Racing_claims_have_one_winner,
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
    public static async Task RunAsync(string name, SessionStoreHarness harness)
    {
        ArgumentNullException.ThrowIfNull(harness);
        var check = Checks.GetValueOrDefault(name) ?? throw new ArgumentException($"There is no check '{name}'.", nameof(name));
        var store = await harness.CreateAsync().ConfigureAwait(false);
        await using (store.ConfigureAwait(false))
        {
            await check(new Case(store, harness)).ConfigureAwait(false);
        }
    }

    private static async Task Created_is_found(Case c)
    {
        var claim = await c.CreateAsync("a").ConfigureAwait(false);
        Equal(1, claim.Epoch, "the epoch of the first claim");
        var info = await c.FindAsync("a").ConfigureAwait(false);
        Equal(("a", "Agent", "shape", SessionState.Created, "test", 1L), (info.Id, info.Agent, info.Shape, info.State, info.Mode, info.Sequence), "what is found");
        Equal(Owner, info.Owner, "the owner");
        Equal("parent", info.Parent, "the parent");
    }

    private static async Task Creating_twice_is_refused(Case c)
    {
        await c.CreateAsync("a").ConfigureAwait(false);
        await ThrowsAsync<SessionExistsException>(() => c.CreateAsync("a").AsTask(), "a second creation").ConfigureAwait(false);
    }

    private static async Task Ids_are_validated(Case c)
    {
        foreach (var id in (string[])["", "a b", "a'b", "a\0b", "ä", new string('x', 201)])
        {
            await ThrowsAsync<ArgumentException>(() => c.CreateAsync(id).AsTask(), $"the id '{id}'").ConfigureAwait(false);
        }

        await c.CreateAsync("../../etc/passwd:#1").ConfigureAwait(false);
        await c.FindAsync("../../etc/passwd:#1").ConfigureAwait(false);
    }

    private static async Task Missing_is_not_found(Case c)
    {
        Equal<SessionInfo?>(null, await c.Store.FindAsync("none").ConfigureAwait(false), "a session that is not there");
        await ThrowsAsync<SessionNotFoundException>(() => c.Store.ClaimAsync("none", Owner, c.Unit).AsTask(), "a claim of it").ConfigureAwait(false);
        await ThrowsAsync<SessionNotFoundException>(() => c.Store.SignalAsync(Signal("none")).AsTask(), "a signal for it").ConfigureAwait(false);
        await c.Store.DeleteAsync("none").ConfigureAwait(false);
    }

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

    private static async Task An_illegal_transition_is_refused(Case c)
    {
        var claim = await c.CreateAsync("a").ConfigureAwait(false);
        await c.AppendAsync(claim, 1, [], SessionState.Completed).ConfigureAwait(false);
        await ThrowsAsync<InvalidSessionTransitionException>(() => c.AppendAsync(claim, 1, [], SessionState.Running).AsTask(), "going on after the end").ConfigureAwait(false);
        await c.AppendAsync(claim, 1, [], SessionState.Archived).ConfigureAwait(false);
        await ThrowsAsync<InvalidSessionTransitionException>(() => c.AppendAsync(claim, 1, [], SessionState.Failed).AsTask(), "leaving the archive").ConfigureAwait(false);
    }

    private static async Task One_owner_at_a_time(Case c)
    {
        await c.CreateAsync("a").ConfigureAwait(false);
        Equal<SessionClaim?>(null, await c.Store.ClaimAsync("a", Other, c.Unit).ConfigureAwait(false), "another's claim");
        True(await c.Store.ClaimAsync("a", Owner, c.Unit).ConfigureAwait(false) is not null, "the owner may claim again");
    }

    private static async Task A_claim_raises_the_epoch(Case c)
    {
        var first = await c.CreateAsync("a").ConfigureAwait(false);
        var second = await c.ClaimAsync("a").ConfigureAwait(false);
        Equal(first.Epoch + 1, second.Epoch, "the epoch of the second claim");
        await ThrowsAsync<FencedException>(() => c.AppendAsync(first, 1, [Outcome("A")]).AsTask(), "an append under the first claim").ConfigureAwait(false);
        await c.AppendAsync(second, 1, [Outcome("A")]).ConfigureAwait(false);
    }

    private static async Task A_lease_ends(Case c)
    {
        await c.CreateAsync("a").ConfigureAwait(false);
        await c.PassAsync(c.Unit + (c.Unit / 2)).ConfigureAwait(false);
        True(await c.Store.ClaimAsync("a", Other, c.Unit).ConfigureAwait(false) is not null, "the session can be claimed when the lease has ended");
    }

    private static async Task A_renewed_lease_lasts(Case c)
    {
        var claim = await c.CreateAsync("a").ConfigureAwait(false);
        await c.Store.RenewAsync(claim, c.Unit * 8).ConfigureAwait(false);
        await c.PassAsync(c.Unit * 2).ConfigureAwait(false);
        Equal<SessionClaim?>(null, await c.Store.ClaimAsync("a", Other, c.Unit).ConfigureAwait(false), "another's claim while the renewed lease lasts");
    }

    private static async Task A_zombie_is_fenced(Case c)
    {
        var zombie = await c.CreateAsync("a").ConfigureAwait(false);
        await c.PassAsync(c.Unit + (c.Unit / 2)).ConfigureAwait(false);
        var heir = (await c.Store.ClaimAsync("a", Other, c.Unit).ConfigureAwait(false))!;
        await ThrowsAsync<FencedException>(() => c.AppendAsync(zombie, 1, [Outcome("A")]).AsTask(), "a zombie's append").ConfigureAwait(false);
        await ThrowsAsync<FencedException>(() => c.Store.RenewAsync(zombie, c.Unit).AsTask(), "a zombie's renewal").ConfigureAwait(false);
        await c.AppendAsync(heir, 1, [Outcome("A")]).ConfigureAwait(false);
    }

    private static async Task A_released_session_can_be_claimed(Case c)
    {
        var claim = await c.CreateAsync("a").ConfigureAwait(false);
        await c.Store.ReleaseAsync(claim).ConfigureAwait(false);
        var next = (await c.Store.ClaimAsync("a", Other, c.Unit).ConfigureAwait(false))!;
        await c.Store.AppendAsync(new SessionAppend { Claim = next, After = 1, Records = [Outcome("A")], Releases = true }).ConfigureAwait(false);
        True(await c.Store.ClaimAsync("a", Owner, c.Unit).ConfigureAwait(false) is not null, "an append can give the session up");
        await ThrowsAsync<FencedException>(() => c.AppendAsync(next, 2, [Outcome("B")]).AsTask(), "an append after that").ConfigureAwait(false);
    }

    private static async Task A_late_release_does_no_harm(Case c)
    {
        var zombie = await c.CreateAsync("a").ConfigureAwait(false);
        await c.PassAsync(c.Unit + (c.Unit / 2)).ConfigureAwait(false);
        await c.Store.ClaimAsync("a", Other, c.Unit).ConfigureAwait(false);
        await c.Store.ReleaseAsync(zombie).ConfigureAwait(false);
        Equal(Other, (await c.FindAsync("a").ConfigureAwait(false)).Owner, "the owner");
    }

    private static async Task Running_is_due_when_nobody_owns_it(Case c)
    {
        var claim = await c.CreateAsync("a").ConfigureAwait(false);
        await c.AppendAsync(claim, 1, [], SessionState.Running).ConfigureAwait(false);
        Equal("", await c.DueAsync().ConfigureAwait(false), "what is due while it is owned");
        await c.PassAsync(c.Unit + (c.Unit / 2)).ConfigureAwait(false);
        Equal("a", await c.DueAsync().ConfigureAwait(false), "what is due when the lease has ended");
        var heir = (await c.Store.ClaimAsync("a", Other, c.Unit).ConfigureAwait(false))!;
        await c.AppendAsync(heir, 1, [], SessionState.Paused, releases: true).ConfigureAwait(false);
        Equal("", await c.DueAsync().ConfigureAwait(false), "what is due when it is paused");
    }

    private static async Task What_is_being_created_is_nobody_elses(Case c)
    {
        using var isOver = new CancellationTokenSource();
        var watching = Task.Run(async () =>
        {
            while (!isOver.IsCancellationRequested)
            {
                Equal("", await c.DueAsync().ConfigureAwait(false), "what is due while sessions are created and claimed");
            }
        });
        for (var i = 0; i < 100; i++)
        {
            Equal(1, (await c.CreateAsync($"s{i}").ConfigureAwait(false)).Epoch, "the epoch of the first claim");
        }

        await isOver.CancelAsync().ConfigureAwait(false);
        await watching.ConfigureAwait(false);
    }

    private static async Task Suspended_is_due_at_its_time_and_not_before(Case c)
    {
        var claim = await c.CreateAsync("a").ConfigureAwait(false);
        await c.Store.AppendAsync(new SessionAppend { Claim = claim, After = 1, State = SessionState.Suspended, SetsWake = true, WakeAfter = c.Unit * 2, Releases = true }).ConfigureAwait(false);
        Equal("", await c.DueAsync().ConfigureAwait(false), "what is due before the time");
        var next = await c.Store.NextDueAsync(["Agent"]).ConfigureAwait(false);
        True(next > TimeSpan.Zero && next <= c.Unit * 2, $"the next is due in {next}");
        await c.PassAsync(c.Unit).ConfigureAwait(false);
        Equal("", await c.DueAsync().ConfigureAwait(false), "what is due at half the time");
        await c.PassAsync(c.Unit + (c.Unit / 2)).ConfigureAwait(false);
        Equal("a", await c.DueAsync().ConfigureAwait(false), "what is due after the time");
        var heir = await c.ClaimAsync("a").ConfigureAwait(false);
        await c.Store.AppendAsync(new SessionAppend { Claim = heir, After = 1, State = SessionState.Suspended, SetsWake = true, Releases = true }).ConfigureAwait(false);
        Equal("", await c.DueAsync().ConfigureAwait(false), "what is due without a time");
        Equal<TimeSpan?>(null, await c.Store.NextDueAsync(["Agent"]).ConfigureAwait(false), "when the next is due");
    }

    private static async Task Suspended_is_due_when_a_new_signal_has_come(Case c)
    {
        var claim = await c.CreateAsync("a").ConfigureAwait(false);
        await c.Store.SignalAsync(Signal("a")).ConfigureAwait(false);
        await c.Store.AppendAsync(new SessionAppend { Claim = claim, After = 1, State = SessionState.Suspended, SetsWake = true, SignalsSeen = 1, Releases = true }).ConfigureAwait(false);
        Equal("", await c.DueAsync().ConfigureAwait(false), "what is due with a signal that was looked at");
        await c.Store.SignalAsync(Signal("a")).ConfigureAwait(false);
        Equal("a", await c.DueAsync().ConfigureAwait(false), "what is due with a new signal");
    }

    private static async Task Only_the_asked_agents_are_due(Case c)
    {
        await c.Store.ReleaseAsync(await c.CreateAsync("a").ConfigureAwait(false)).ConfigureAwait(false);
        Equal(0, (await c.Store.ListDueAsync(["Another"], 10).ConfigureAwait(false)).Count, "how many of another agent are due");
        Equal(0, (await c.Store.ListDueAsync([], 10).ConfigureAwait(false)).Count, "how many of no agent are due");
        Equal(1, (await c.Store.ListDueAsync(["Another", "Agent"], 10).ConfigureAwait(false)).Count, "how many of both are due");
    }

    private static async Task Signals_keep_their_order_until_taken(Case c)
    {
        var claim = await c.CreateAsync("a").ConfigureAwait(false);
        foreach (var name in (string[])["x", "y", "x"])
        {
            True(await c.Store.SignalAsync(Signal("a") with { Name = name }).ConfigureAwait(false), "a signal without a key is new");
        }

        var signals = await c.Store.ReadSignalsAsync("a").ConfigureAwait(false);
        Equal("x1,y2,x3", string.Join(",", signals.Select(static s => $"{s.Name}{s.Number}")), "the signals");
        Equal("AB", Convert.ToHexString(signals[0].Payload.Span), "the payload");
        await c.Store.AppendAsync(new SessionAppend { Claim = claim, After = 1, Records = [Outcome("A")], Consumed = [1, 2] }).ConfigureAwait(false);
        Equal(3L, (await c.Store.ReadSignalsAsync("a").ConfigureAwait(false)).Single().Number, "what is left");
    }

    private static async Task A_repeated_signal_is_dropped_even_when_taken(Case c)
    {
        var claim = await c.CreateAsync("a").ConfigureAwait(false);
        var signal = Signal("a") with { Sender = "s", Key = "k" };
        True(await c.Store.SignalAsync(signal).ConfigureAwait(false), "the first is new");
        True(!await c.Store.SignalAsync(signal).ConfigureAwait(false), "the second is not");
        True(await c.Store.SignalAsync(signal with { Sender = "t" }).ConfigureAwait(false), "another sender's is");
        await c.Store.AppendAsync(new SessionAppend { Claim = claim, After = 1, Records = [Outcome("A")], Consumed = [1] }).ConfigureAwait(false);
        True(!await c.Store.SignalAsync(signal).ConfigureAwait(false), "it is not, though the first was taken");
    }

    private static async Task Signals_of_an_ended_session_are_refused(Case c)
    {
        foreach (var state in (SessionState[])[SessionState.Completed, SessionState.Failed, SessionState.Cancelled])
        {
            var id = state.ToString();
            await c.AppendAsync(await c.CreateAsync(id).ConfigureAwait(false), 1, [], state).ConfigureAwait(false);
            await ThrowsAsync<InvalidSessionTransitionException>(() => c.Store.SignalAsync(Signal(id)).AsTask(), $"a signal to one {state}").ConfigureAwait(false);
        }
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

    private static async Task Lists_are_filtered_and_paged(Case c)
    {
        foreach (var id in (string[])["c", "a", "B", "b"])
        {
            var claim = await c.CreateAsync(id).ConfigureAwait(false);
            if (id == "c")
            {
                await c.AppendAsync(claim, 1, [], SessionState.Completed).ConfigureAwait(false);
                await c.AppendAsync(claim, 1, [], SessionState.Archived).ConfigureAwait(false);
            }
        }

        Equal("B,a,b", await c.ListAsync(new()).ConfigureAwait(false), "all but the archived");
        Equal("c", await c.ListAsync(new() { States = [SessionState.Archived] }).ConfigureAwait(false), "the archived");
        Equal("a", await c.ListAsync(new() { After = "B", Limit = 1 }).ConfigureAwait(false), "a page");
        Equal("", await c.ListAsync(new() { Agent = "Another" }).ConfigureAwait(false), "another agent's");
        Equal("B,a,b", await c.ListAsync(new() { Parent = "parent" }).ConfigureAwait(false), "the children");
        Equal("", await c.ListAsync(new() { UpdatedBefore = (await c.FindAsync("a").ConfigureAwait(false)).UpdatedAt - TimeSpan.FromHours(1) }).ConfigureAwait(false), "those of an hour before");
        Equal("B,a,b", await c.ListAsync(new() { UpdatedBefore = (await c.FindAsync("b").ConfigureAwait(false)).UpdatedAt + TimeSpan.FromHours(1) }).ConfigureAwait(false), "those up to now");
    }

    private static async Task Deleted_is_gone_and_its_forks_are_not(Case c)
    {
        var claim = await c.CreateAsync("a").ConfigureAwait(false);
        await c.Store.AppendAsync(new SessionAppend { Claim = claim, After = 1, Records = [Outcome("A")], Snapshot = new(2, new byte[] { 1 }), Releases = true }).ConfigureAwait(false);
        await c.Store.ForkAsync("a", 2, Info("f")).ConfigureAwait(false);
        await c.Store.DeleteAsync("a").ConfigureAwait(false);
        Equal<SessionInfo?>(null, await c.Store.FindAsync("a").ConfigureAwait(false), "the session");
        Equal(2, (await c.ReadAsync("f", 0).ConfigureAwait(false)).Count, "how many records the fork has");
        await c.CreateAsync("a").ConfigureAwait(false);
        Equal(1, (await c.ReadAsync("a", 0).ConfigureAwait(false)).Count, "how many records a new one of its id has");
    }

    private static async Task An_owned_session_is_not_deleted(Case c)
    {
        await c.CreateAsync("a").ConfigureAwait(false);
        await ThrowsAsync<SessionOwnedException>(() => c.Store.DeleteAsync("a").AsTask(), "a deletion").ConfigureAwait(false);
        await c.FindAsync("a").ConfigureAwait(false);
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

    private static async Task Racing_claims_have_one_winner(Case c)
    {
        for (var round = 0; round < 10; round++)
        {
            var id = $"r{round}";
            await c.Store.ReleaseAsync(await c.CreateAsync(id).ConfigureAwait(false)).ConfigureAwait(false);
            var claims = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => c.Store.ClaimAsync(id, $"w{i}", c.Unit).AsTask()))).ConfigureAwait(false);
            Equal(1, claims.Count(static claim => claim is not null), "how many of racing claims were let pass");
        }
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

    private static SessionInfo Info(string id) => new() { Id = id, Agent = "Agent", Shape = "shape", Mode = "test", Parent = "parent" };

    private static JournalRecord Outcome(string action) => new() { Kind = JournalKind.Completed, Iteration = 1, Action = action, Key = $"o/1/{action}/-1/0", Payload = Encoding.UTF8.GetBytes(action) };

    private static SignalRecord Signal(string session) => new() { Session = session, Name = "Approve", Payload = new byte[] { 0xAB } };

    private static void Equal<T>(T expected, T actual, string what)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
        {
            throw new ConformanceException($"Expected {what} to be '{expected}', and it is '{actual}'.");
        }
    }

    private static void True(bool condition, string what)
    {
        if (!condition)
        {
            throw new ConformanceException($"It does not hold that {what}.");
        }
    }

    private static async Task ThrowsAsync<T>(Func<Task> code, string what)
        where T : Exception
    {
        try
        {
            await code().ConfigureAwait(false);
        }
        catch (T)
        {
            return;
        }
        catch (Exception e)
        {
            throw new ConformanceException($"Expected a {typeof(T).Name} for {what}, and it was a {e.GetType().Name}: {e.Message}");
        }

        throw new ConformanceException($"Expected a {typeof(T).Name} for {what}, and nothing was thrown.");
    }

    /// <summary>A store under test.</summary>
    private sealed record Case(ISessionStore Store, SessionStoreHarness Harness)
    {
        public TimeSpan Unit => Harness.Unit;

        public ValueTask PassAsync(TimeSpan time) => Harness.PassAsync(time);

        public ValueTask<SessionClaim> CreateAsync(string id) => Store.CreateAsync(Info(id), [new() { Kind = JournalKind.Created }], Owner, Unit);

        public async ValueTask<SessionInfo> FindAsync(string id) => await Store.FindAsync(id).ConfigureAwait(false) ?? throw new ConformanceException($"Session '{id}' is not found.");

        public async ValueTask<SessionClaim> ClaimAsync(string id) => await Store.ClaimAsync(id, Owner, Unit).ConfigureAwait(false) ?? throw new ConformanceException($"Session '{id}' cannot be claimed.");

        public ValueTask<DateTimeOffset> AppendAsync(SessionClaim claim, long after, IReadOnlyList<JournalRecord> records, SessionState? state = null, bool releases = false) =>
            Store.AppendAsync(new SessionAppend { Claim = claim, After = after, Records = records, State = state, Releases = releases });

        public async Task<List<JournalRecord>> ReadAsync(string id, long after)
        {
            var records = new List<JournalRecord>();
            await foreach (var record in Store.ReadAsync(id, after).ConfigureAwait(false))
            {
                records.Add(record);
            }

            return records;
        }

        public async Task<string> DueAsync() => string.Join(",", (await Store.ListDueAsync(["Agent"], 10).ConfigureAwait(false)).Select(static s => s.Id));

        public async Task<string> ListAsync(SessionQuery query) => string.Join(",", (await Store.ListAsync(query).ConfigureAwait(false)).Select(static s => s.Id));
    }
}
