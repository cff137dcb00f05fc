using AgentFlow.Tests.Sessions;

namespace AgentFlow.Tests.Regressions;

/// <summary>
/// A handle read how its session stood, and then its signals. A worker that took the last signal between the two left nothing to see: whoever waited was told that the session
/// rests as it had before the signal, although it had been given before the waiting began.
/// </summary>
public sealed class WhoWaitsSeesWhatASignalBringsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact(Timeout = 300_000)]
    public async Task A_signal_that_is_taken_while_somebody_begins_to_wait()
    {
        await using var memory = new MemorySessionStore();
        var store = new InterruptedStore(memory);
        await using var runtime = new AgentRuntime(store, new() { PollInterval = TimeSpan.FromDays(1) });
        var session = await runtime.StartAsync(new Expense(), 12.5m, new() { Id = "e" }, Ct);
        Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct));
        await session.AcknowledgeAsync(cancellationToken: Ct);
        Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct));

        // Not by the handle, which would wake the session at once.
        await using var other = new AgentRuntime(memory, new() { Wakes = false });
        await (await other.FindAsync(new Expense(), "e", Ct))!.ApproveAsync(new Decision(true), cancellationToken: Ct);
        store.BeforeSignalsAreRead = async () =>
        {
            await session.ResumeAsync(Ct);
            await session.Result;
        };
        Assert.Equal(SessionState.Completed, await session.WaitAsync(Ct));
    }

    private sealed class InterruptedStore(ISessionStore inner) : WrappedStore(inner)
    {
        /// <summary>Called once.</summary>
        public Func<Task>? BeforeSignalsAreRead { get; set; }

        public override async ValueTask<IReadOnlyList<SignalRecord>> ReadSignalsAsync(string id, CancellationToken cancellationToken = default)
        {
            if (BeforeSignalsAreRead is { } interrupt)
            {
                BeforeSignalsAreRead = null;
                await interrupt();
            }

            return await base.ReadSignalsAsync(id, cancellationToken);
        }
    }
}
