using System.Text.Json;

namespace AgentFlow.Tests.Regressions;

/// <summary>
/// Signals with a name that the agent does not have stayed in the store for ever, until there was no room for the one that the session
/// waited for.
/// </summary>
public sealed class UnknownSignalsBlockedASessionTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact(Timeout = 300_000)]
    public async Task They_are_taken_out_of_the_way()
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store, new() { PollInterval = TimeSpan.FromMilliseconds(10) });
        var session = await runtime.StartAsync(new GuardedPayment(), "A", new() { Id = "s" }, Ct);
        Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct));
        await using (var blind = new AgentRuntime(store, new() { Wakes = false }))
        {
            for (var i = 0; i < 700; i++)
            {
                await blind.SignalAsync("s", "Nope", JsonSerializer.SerializeToElement(i), new() { Sender = $"s{i}" }, Ct);
            }

            await Assert.ThrowsAsync<ArgumentException>(() => blind.SignalAsync("s", new string('n', 100_000), JsonSerializer.SerializeToElement(1), cancellationToken: Ct).AsTask());
        }

        await LateWritesCountForNobodyTests.UntilAsync(async () => (await store.ReadSignalsAsync("s", Ct)).Count == 0);
        await session.ApproveAsync(true, cancellationToken: Ct);
        Assert.Equal("A", await session.Result.WaitAsync(Patience, Ct));
    }
}
