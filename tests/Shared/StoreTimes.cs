namespace AgentFlow.Tests;

/// <summary>What a store does with any time that it is given as a lease, or until a session wakes.</summary>
internal static class StoreTimes
{
    public static async Task UseAsync(ISessionStore store, TimeSpan lease, TimeSpan wake)
    {
        var id = SessionId.New();
        var claim = await store.CreateAsync(new() { Id = id, Agent = "Agent", Shape = "shape" }, [new() { Kind = JournalKind.Created }], "owner", lease);
        claim = await store.ClaimAsync(id, "owner", lease) ?? throw new InvalidOperationException("The owner has lost the session.");
        await store.RenewAsync(claim, lease);
        await store.AppendAsync(new() { Claim = claim, After = 1, State = SessionState.Running });
        await store.AppendAsync(new() { Claim = claim, After = 1, State = SessionState.Suspended, SetsWake = true, WakeAfter = wake, Releases = true });
        var info = await store.FindAsync(id) ?? throw new InvalidOperationException("The session is gone.");
        Xunit.Assert.Equal(wake > TimeSpan.FromDays(1), info.WakeAt - info.UpdatedAt > TimeSpan.FromDays(1));
        Xunit.Assert.Equal(wake < TimeSpan.FromSeconds(1), (await store.ListDueAsync(["Agent"], 100)).Any(due => due.Id == id));
        await store.NextDueAsync(["Agent"]);
        await store.DeleteAsync(id);
    }
}
