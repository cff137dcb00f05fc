using static AgentFlow.Testing.Expect;

namespace AgentFlow.Testing;

/// <content>Who may work on a session, how long, and what is due.</content>
public static partial class SessionStoreConformance
{
    /// <summary>What must not end meanwhile, however slow the machine is.</summary>
    private static readonly TimeSpan s_long = TimeSpan.FromHours(1);

    private static async Task One_owner_at_a_time(Case c)
    {
        await c.CreateAsync("a", s_long).ConfigureAwait(false);
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
        await c.Store.RenewAsync(claim, s_long).ConfigureAwait(false);
        await c.PassAsync(c.Unit * 2).ConfigureAwait(false);
        Equal<SessionClaim?>(null, await c.Store.ClaimAsync("a", Other, c.Unit).ConfigureAwait(false), "another's claim while the renewed lease lasts");
    }

    private static async Task A_zombie_is_fenced(Case c)
    {
        var zombie = await c.CreateAsync("a").ConfigureAwait(false);
        await c.PassAsync(c.Unit + (c.Unit / 2)).ConfigureAwait(false);
        var heir = (await c.Store.ClaimAsync("a", Other, s_long).ConfigureAwait(false))!;
        await ThrowsAsync<FencedException>(() => c.AppendAsync(zombie, 1, [Outcome("A")]).AsTask(), "a zombie's append").ConfigureAwait(false);
        await ThrowsAsync<FencedException>(() => c.Store.RenewAsync(zombie, c.Unit).AsTask(), "a zombie's renewal").ConfigureAwait(false);
        await c.AppendAsync(heir, 1, [Outcome("A")]).ConfigureAwait(false);
    }

    private static async Task A_released_session_can_be_claimed(Case c)
    {
        var claim = await c.CreateAsync("a").ConfigureAwait(false);
        await c.Store.ReleaseAsync(claim).ConfigureAwait(false);
        var next = (await c.Store.ClaimAsync("a", Other, s_long).ConfigureAwait(false))!;
        await c.Store.AppendAsync(new SessionAppend { Claim = next, After = 1, Records = [Outcome("A")], Releases = true }).ConfigureAwait(false);
        True(await c.Store.ClaimAsync("a", Owner, c.Unit).ConfigureAwait(false) is not null, "an append can give the session up");
        await ThrowsAsync<FencedException>(() => c.AppendAsync(next, 2, [Outcome("B")]).AsTask(), "an append after that").ConfigureAwait(false);
    }

    private static async Task A_late_release_does_no_harm(Case c)
    {
        var zombie = await c.CreateAsync("a").ConfigureAwait(false);
        await c.PassAsync(c.Unit + (c.Unit / 2)).ConfigureAwait(false);
        await c.Store.ClaimAsync("a", Other, s_long).ConfigureAwait(false);
        await c.Store.ReleaseAsync(zombie).ConfigureAwait(false);
        Equal(Other, (await c.FindAsync("a").ConfigureAwait(false)).Owner, "the owner");
    }

    private static async Task Running_is_due_when_nobody_owns_it(Case c)
    {
        var claim = await c.CreateAsync("a", s_long).ConfigureAwait(false);
        await c.AppendAsync(claim, 1, [], SessionState.Running).ConfigureAwait(false);
        Equal("", await c.DueAsync().ConfigureAwait(false), "what is due while it is owned");
        await c.Store.RenewAsync(claim, c.Unit).ConfigureAwait(false);
        await c.PassAsync(c.Unit + (c.Unit / 2)).ConfigureAwait(false);
        Equal("a", await c.DueAsync().ConfigureAwait(false), "what is due when the lease has ended");
        var heir = (await c.Store.ClaimAsync("a", Other, s_long).ConfigureAwait(false))!;
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
            // However long the others take.
            Equal(1, (await c.CreateAsync($"s{i}", TimeSpan.FromHours(1)).ConfigureAwait(false)).Epoch, "the epoch of the first claim");
        }

        await isOver.CancelAsync().ConfigureAwait(false);
        await watching.ConfigureAwait(false);
    }

    private static async Task Suspended_is_due_at_its_time_and_not_before(Case c)
    {
        var claim = await c.CreateAsync("a").ConfigureAwait(false);
        await WakeAsync(claim, s_long).ConfigureAwait(false);
        Equal("", await c.DueAsync().ConfigureAwait(false), "what is due before the time");
        await c.PassAsync(c.Unit).ConfigureAwait(false);
        Equal("", await c.DueAsync().ConfigureAwait(false), "what is due when a part of the time has passed");
        var next = await c.Store.NextDueAsync(["Agent"]).ConfigureAwait(false);
        True(next > TimeSpan.Zero && next <= s_long, $"the next is due in {next}");
        await WakeAsync(await c.ClaimAsync("a").ConfigureAwait(false), c.Unit).ConfigureAwait(false);
        await c.PassAsync(c.Unit + (c.Unit / 2)).ConfigureAwait(false);
        Equal("a", await c.DueAsync().ConfigureAwait(false), "what is due after the time");
        var heir = await c.ClaimAsync("a").ConfigureAwait(false);
        await c.Store.AppendAsync(new SessionAppend { Claim = heir, After = 1, State = SessionState.Suspended, SetsWake = true, Releases = true }).ConfigureAwait(false);
        Equal("", await c.DueAsync().ConfigureAwait(false), "what is due without a time");
        Equal<TimeSpan?>(null, await c.Store.NextDueAsync(["Agent"]).ConfigureAwait(false), "when the next is due");

        async Task WakeAsync(SessionClaim claim, TimeSpan after) => await c.Store.AppendAsync(
            new SessionAppend { Claim = claim, After = 1, State = SessionState.Suspended, SetsWake = true, WakeAfter = after, Releases = true }).ConfigureAwait(false);
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

    private static async Task Racing_claims_have_one_winner(Case c)
    {
        for (var round = 0; round < 10; round++)
        {
            var id = $"r{round}";
            await c.Store.ReleaseAsync(await c.CreateAsync(id).ConfigureAwait(false)).ConfigureAwait(false);
            var racing = Enumerable.Range(0, 8).Select(i => Task.Run(() => c.Store.ClaimAsync(id, $"w{i}", s_long).AsTask()));
            var claims = await Task.WhenAll(racing).ConfigureAwait(false);
            Equal(1, claims.Count(static claim => claim is not null), "how many of racing claims were let pass");
        }
    }
}
