using AgentFlow.Crash;

namespace AgentFlow.Tests.Regressions;

/// <summary>
/// A child completed just before its parent was cancelled: the action that ran it counted as cancelled, so nobody undid what the child had
/// done.
/// </summary>
public sealed class ChildrenThatCompletedStandTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact(Timeout = 300_000)]
    public async Task What_a_child_did_before_the_cancellation_is_undone_by_its_parent()
    {
        await using var store = new MemorySessionStore();
        var agent = new Patron();
        await using var here = new AgentRuntime(new NothingIsDue(store), new() { PollInterval = TimeSpan.FromDays(1) });
        var session = await here.StartAsync(agent, 5, new() { Id = "s" }, Ct);
        await agent.Orders.Task.WaitAsync(Patience, Ct);
        SessionInfo? child = null;
        while (child is not { State: SessionState.Suspended })
        {
            await Task.Yield();
            child = (await store.ListAsync(new() { Parent = "s" }, Ct)).SingleOrDefault();
        }

        // Another worker brings the child to its end; this one does not take it, and will not ask for a day.
        await using (var elsewhere = new AgentRuntime(store, new() { PollInterval = TimeSpan.FromDays(1) }))
        {
            var found = await elsewhere.ResumeAsync(new Merchant(), child.Id, Ct);
            await found.ApproveAsync(true, cancellationToken: Ct);
            Assert.Equal(105, await found.Result.WaitAsync(Patience, Ct));
        }

        await session.CancelAsync(Ct);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => session.Result.WaitAsync(Patience, Ct));
        Assert.Equal(105, agent.Refunded);
    }

    /// <summary>Whoever has it works on what it has begun, and on nothing else.</summary>
    private sealed class NothingIsDue(ISessionStore inner) : ForwardingStore(inner)
    {
        public override ValueTask<IReadOnlyList<SessionInfo>> ListDueAsync(IReadOnlyCollection<string> agents, int limit, CancellationToken cancellationToken = default) =>
            new([]);
    }
}

[Agent]
public sealed partial class Patron
{
    internal TaskCompletionSource Orders { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal int Refunded { get; private set; }

    [Action, Compensate(nameof(Refund))]
    private async Task<int> Order([Input] int article, ActionContext context, CancellationToken ct)
    {
        Orders.TrySetResult();
        return await context.RunChildAsync(new Merchant(), article, ct);
    }

    private void Refund(int order) => Refunded += order;
}

[Agent]
public sealed partial class Merchant
{
    [Signal]
    private partial Task<bool> Approve([Input] int article);

    [Action, Result]
    private static int Pay([Input] int article, bool approve) => approve ? article + 100 : 0;
}
