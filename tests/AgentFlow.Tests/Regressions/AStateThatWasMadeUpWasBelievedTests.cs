using AgentFlow.Crash;

namespace AgentFlow.Tests.Regressions;

/// <summary>
/// A row that said, with a sequence to match, that a waiting session had completed was believed: its result was a default value that nobody
/// had made.
/// </summary>
public sealed class AStateThatWasMadeUpWasBelievedTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory(Timeout = 300_000)]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_session_that_has_not_ended_has_no_result(int behind)
    {
        await using var store = new LyingStore(new MemorySessionStore());
        await using var runtime = new AgentRuntime(store, new() { PollInterval = TimeSpan.FromDays(1) });
        var session = await runtime.StartAsync(new Merchant(), 5, new() { Id = "s" }, Ct);
        Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct));
        store.Told = info => info with { State = SessionState.Completed, Sequence = info.Sequence - behind };
        var error = await Assert.ThrowsAsync<DamagedSessionException>(() => session.Result.WaitAsync(Patience, Ct));
        Assert.Equal("s", error.Session);
    }

    private sealed class LyingStore(ISessionStore inner) : ForwardingStore(inner)
    {
        public Func<SessionInfo, SessionInfo> Told { get; set; } = static info => info;

        public override async ValueTask<SessionInfo?> FindAsync(string id, CancellationToken cancellationToken = default) =>
            await base.FindAsync(id, cancellationToken) is { } info ? Told(info) : null;
    }
}
