namespace AgentFlow.Stores.Tests.Regressions;

/// <summary>A worker whose time of day was ahead deleted sessions that had ended a moment before, so that they could be started, and act, again.</summary>
public sealed class RetentionWentByTheWorkersClockTests : SealingTest
{
    [Theory, MemberData(nameof(Stores))]
    public Task What_is_old_the_store_says(string kind) => WithStoreAsync(kind, async store =>
    {
        await StartPayoutAsync(store, "o", "A");
        await ApproveAsync(store, "o");
        await using var runtime = new AgentRuntime(store, new() { Encryption = Keys, Run = new() { TimeProvider = new Ahead() } });
        Assert.Equal(0, await runtime.RetainAsync(TimeSpan.FromDays(30), Ct));
        Assert.Equal(0, await runtime.RetainAsync(TimeSpan.MaxValue, Ct));
        Assert.NotNull(await store.FindAsync("o", Ct));
        Assert.Equal(1, await runtime.RetainAsync(TimeSpan.Zero, Ct));
    });

    private sealed class Ahead : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + TimeSpan.FromDays(400);
    }
}
