using System.Text.Json;

namespace AgentFlow.Stores.Tests.Regressions;

/// <summary>An approval of a session that was deleted approved a later one of the same id.</summary>
public sealed class ASignalOutlivedItsSessionTests : SealingTest
{
    [Theory, MemberData(nameof(Stores))]
    public Task A_signal_counts_in_the_session_it_was_given_to(string kind) => WithStoreAsync(kind, async store =>
    {
        await StartPayoutAsync(store, "o", "A");
        var signal = await SignalAsync(store, "o", "Approve");
        await store.DeleteAsync("o", Ct);
        await StartPayoutAsync(store, "o", "Mallory");
        await store.SignalAsync(signal, Ct);
        await using (var runtime = Open(store))
        {
            var session = await runtime.ResumeAsync(new Payout(), "o", Ct);
            await UntilRefusedAsync(store, "o");
            Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct));
        }

        Assert.EndsWith("approved by ann", await ApproveAsync(store, "o"), StringComparison.Ordinal);
    });

    [Theory, MemberData(nameof(Stores))]
    public Task It_does_so_after_a_snapshot_too(string kind) => WithStoreAsync(kind, async store =>
    {
        await CollectAsync(store, "a");
        var first = (await store.ReadAllAsync("a"))[0];
        var signal = await SignalAsync(store, "a", "Next");
        await store.DeleteAsync("a", Ct);
        await CollectAsync(store, "a");
        await new Intruder(store).ChangeAsync("a", records => records[0] = first);
        await store.SignalAsync(signal, Ct);
        await using var runtime = Open(store);
        var session = await runtime.ResumeAsync(new Collector(), "a", Ct);
        await UntilRefusedAsync(store, "a");

        // The first record is the other session's; the snapshot says which one this is.
        Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct));
    });

    [Theory, MemberData(nameof(Stores))]
    public Task A_fork_is_not_the_fork_before_it(string kind) => WithStoreAsync(kind, async store =>
    {
        await StartPayoutAsync(store, "o", "A");
        await ForkAsync();
        var signal = await SignalAsync(store, "fork", "Approve");
        await store.DeleteAsync("fork", Ct);
        await ForkAsync();
        await store.SignalAsync(signal, Ct);
        await using (var runtime = Open(store))
        {
            var session = await runtime.ResumeAsync(new Payout(), "fork", Ct);
            await UntilRefusedAsync(store, "fork");
            Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct));
        }

        // What is given to the one that is there is taken.
        await SignalAsync(store, "fork", "Approve");
        await using (var runtime = Open(store))
        {
            var session = await runtime.ResumeAsync(new Payout(), "fork", Ct);
            Assert.Equal("A is good, approved by bob", await session.Result.WaitAsync(Patience, Ct));
        }

        async Task ForkAsync()
        {
            await using var runtime = Open(store);
            await runtime.ForkAsync(new Payout(), "o", new() { Id = "fork", IsPaused = true }, Ct);
        }
    });

    /// <summary>Somebody approves, and the signal is taken out of the store again.</summary>
    private async Task<SignalRecord> SignalAsync(ISessionStore store, string id, string name)
    {
        await using var stranger = new AgentRuntime(store, new() { Encryption = Keys, Wakes = false });
        await stranger.SignalAsync(id, name, JsonElement.Parse("\"bob\""), new() { Sender = "bob" }, Ct);
        return (await store.ReadSignalsAsync(id, Ct)).Single();
    }
}
