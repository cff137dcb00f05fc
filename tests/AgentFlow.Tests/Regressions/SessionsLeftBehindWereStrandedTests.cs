namespace AgentFlow.Tests.Regressions;

/// <summary>
/// A session that was just being started while its runtime was disposed, and whose action then could run no child any more, was recorded as waiting for
/// something that never comes: no worker took it up, and a parent waited for it for ever.
/// </summary>
public sealed class SessionsLeftBehindWereStrandedTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact(Timeout = 300_000)]
    public async Task Another_worker_goes_on_with_them()
    {
        await using var inner = new MemorySessionStore();
        var store = new SlowlyGrantingStore(inner);
        var first = new AgentRuntime(store);
        var starting = first.StartAsync(new HandsOn(), 5, new() { Id = "s" }, Ct).AsTask();
        await store.Asked.Task.WaitAsync(Ct);
        var disposing = first.DisposeAsync().AsTask();
        store.Granted.SetResult();
        await disposing;
        await Record.ExceptionAsync(() => starting);
        Assert.Equal(SessionState.Running, (await inner.FindAsync("s", Ct))!.State);

        await using var second = new AgentRuntime(inner, new() { PollInterval = TimeSpan.FromMilliseconds(10) });
        second.Register(new HandsOn());
        var session = await second.FindAsync(new HandsOn(), "s", Ct);
        Assert.Equal(6, await session!.Result);
    }
}

[Agent]
public sealed partial class HandsOn
{
    [Action]
    private static async Task<int> Hand([Input] int number, ActionContext context, CancellationToken cancellationToken) =>
        await context.RunChildAsync(new TakesOver(), number, cancellationToken);
}

[Agent]
public sealed partial class TakesOver
{
    [Action]
    private static int Take([Input] int number) => number + 1;
}
