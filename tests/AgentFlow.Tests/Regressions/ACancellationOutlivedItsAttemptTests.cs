namespace AgentFlow.Tests.Regressions;

/// <summary>
/// A worker died while it cancelled the child of an action that was cancelled. The one that resumed the action found the child about to end, and the
/// action failed because of a cancellation that was not its own.
/// </summary>
public sealed class ACancellationOutlivedItsAttemptTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact(Timeout = 300_000)]
    public async Task A_child_that_an_earlier_attempt_cancelled_is_run_again()
    {
        await using var store = new MemorySessionStore();
        SessionInfo? child = null;
        await using (var dying = new AgentRuntime(store, new() { Owner = "worker", ShutdownGrace = TimeSpan.Zero }))
        {
            await dying.StartAsync(new Patron(), 5, new() { Id = "s" }, Ct);
            while (child is not { State: SessionState.Suspended })
            {
                await Task.Yield();
                child = (await store.ListAsync(new() { Parent = "s" }, Ct)).SingleOrDefault();
            }
        }

        await using (var idle = new AgentRuntime(store, new() { Wakes = false }))
        {
            // As far as the worker came: it is asked for, and the child has not ended.
            await idle.CancelAsync(child.Id, Ct);
        }

        Assert.Equal(SessionState.Running, (await store.FindAsync(child.Id, Ct))!.State);
        await using var runtime = new AgentRuntime(store, new() { Owner = "worker", PollInterval = TimeSpan.FromMilliseconds(20) });
        var session = await runtime.ResumeAsync(new Patron(), "s", Ct);
        while ((await store.FindAsync(child.Id, Ct))!.State != SessionState.Suspended && !session.Result.IsCompleted)
        {
            await Task.Yield();
        }

        await (await runtime.ResumeAsync(new Merchant(), child.Id, Ct)).ApproveAsync(true, cancellationToken: Ct);
        Assert.Equal(105, await session.Result.WaitAsync(Patience, Ct));
    }
}
