using static AgentFlow.Testing.Expect;

namespace AgentFlow.Testing;

/// <content>How sessions come, are found, are signalled, and go.</content>
public static partial class SessionStoreConformance
{
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

        // A child's.
        await c.CreateAsync("a~1.-.0.1.B").ConfigureAwait(false);
        await c.FindAsync("a~1.-.0.1.B").ConfigureAwait(false);
    }

    private static async Task Missing_is_not_found(Case c)
    {
        Equal<SessionInfo?>(null, await c.Store.FindAsync("none").ConfigureAwait(false), "a session that is not there");
        await ThrowsAsync<SessionNotFoundException>(() => c.Store.ClaimAsync("none", Owner, c.Unit).AsTask(), "a claim of it").ConfigureAwait(false);
        await ThrowsAsync<SessionNotFoundException>(() => c.Store.SignalAsync(Signal("none")).AsTask(), "a signal for it").ConfigureAwait(false);
        await c.Store.DeleteAsync("none").ConfigureAwait(false);
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
        Equal("B,a,b", await c.ListAsync(new() { IdleFor = TimeSpan.Zero }).ConfigureAwait(false), "those left alone for no time");
        Equal("", await c.ListAsync(new() { IdleFor = TimeSpan.FromHours(1) }).ConfigureAwait(false), "those left alone for an hour");
        Equal("", await c.ListAsync(new() { IdleFor = TimeSpan.MaxValue }).ConfigureAwait(false), "those left alone for ever");
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

    private static async Task What_has_changed_since_it_was_seen_is_not_deleted(Case c)
    {
        await c.AppendAsync(await c.CreateAsync("a").ConfigureAwait(false), 1, [Outcome("A")], SessionState.Failed, releases: true).ConfigureAwait(false);
        var seen = await c.FindAsync("a").ConfigureAwait(false);
        var claim = await c.ClaimAsync("a").ConfigureAwait(false);
        True(!await c.Store.TryDeleteAsync(seen).ConfigureAwait(false), "one that somebody owns is kept");
        await c.AppendAsync(claim, 2, [new() { Kind = JournalKind.Struck }], SessionState.Running, releases: true).ConfigureAwait(false);
        True(!await c.Store.TryDeleteAsync(seen).ConfigureAwait(false), "one that goes on again is kept");
        await c.AppendAsync(await c.ClaimAsync("a").ConfigureAwait(false), 3, [], SessionState.Failed, releases: true).ConfigureAwait(false);
        True(!await c.Store.TryDeleteAsync(seen).ConfigureAwait(false), "one that has ended again is kept");
        Equal(3, (await c.ReadAsync("a", 0).ConfigureAwait(false)).Count, "how many records it has");
        True(await c.Store.TryDeleteAsync(await c.FindAsync("a").ConfigureAwait(false)).ConfigureAwait(false), "one that stands as it was seen is deleted");
        True(!await c.Store.TryDeleteAsync(seen).ConfigureAwait(false), "one that is gone is not deleted again");
        Equal<SessionInfo?>(null, await c.Store.FindAsync("a").ConfigureAwait(false), "the session");
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
}
