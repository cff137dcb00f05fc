using AgentFlow.Tests.Sessions;

namespace AgentFlow.Tests.Regressions;

/// <summary>
/// What forks had found was recorded over an outcome that an action had already: what had been done because of the first stood beside the second.
/// </summary>
public sealed class MergesReplacedWhatHadHappenedTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_action_that_has_an_outcome_keeps_it()
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);
        var agent = new Expense();
        var session = await runtime.StartAsync(agent, 10m, new() { Id = "m" }, Ct);
        Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct));
        await ApprovedForkAsync(runtime, agent, "m", "f");
        await session.ApproveAsync(new Decision(false, "too much"), cancellationToken: Ct);
        await AnsweredAsync(runtime, agent, "m");
        var before = (await session.GetInfoAsync(Ct)).Sequence;

        var error = await Assert.ThrowsAsync<InvalidSessionTransitionException>(
            () => runtime.MergeAsync<Expense, decimal, string, Decision>(agent, "m", ["f"], "Approve", static found => found[0], Ct).AsTask());
        Assert.Contains("'Approve'", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, (await session.GetInfoAsync(Ct)).Sequence);
        await session.AcknowledgeAsync(cancellationToken: Ct);
        Assert.Equal("refused: too much", await session.Result.WaitAsync(Patience, Ct));
    }

    [Fact]
    public async Task One_whose_turn_has_not_come_does_not_run_when_it_comes()
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);
        var agent = new Expense();
        var session = await runtime.StartAsync(agent, 10m, new() { Id = "m" }, Ct);
        Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct));
        await ApprovedForkAsync(runtime, agent, "m", "f");
        var fresh = await runtime.ForkAsync(agent, "m", new ForkOptions { Id = "fresh", Sequence = 1, IsPaused = true }, Ct);

        await runtime.MergeAsync<Expense, decimal, string, Decision>(agent, "fresh", ["f"], "Approve", static found => found[0], Ct);
        await fresh.AcknowledgeAsync(cancellationToken: Ct);
        Assert.Equal("paid 10", await fresh.Result.WaitAsync(Patience, Ct));
        var outcomes = await runtime.ReadOutcomesAsync(agent, "fresh", Ct);
        Assert.Equal(["Acknowledge", "Approve", "Pay", "Submit"], outcomes.Select(static o => o.Action).Order());
    }

    private static async Task ApprovedForkAsync(AgentRuntime runtime, Expense agent, string id, string fork)
    {
        var forked = await runtime.ForkAsync(agent, id, new ForkOptions { Id = fork }, Ct);
        await forked.WaitAsync(Ct);
        await forked.ApproveAsync(new Decision(true), cancellationToken: Ct);
        await AnsweredAsync(runtime, agent, fork);
    }

    /// <summary>Waits until the answer is recorded, and the session rests again.</summary>
    private static async Task AnsweredAsync(AgentRuntime runtime, Expense agent, string id)
    {
        while (!(await runtime.ReadOutcomesAsync(agent, id, Ct)).Any(static o => o.Action == "Approve")
            || await runtime.Store.FindAsync(id, Ct) is not { State: SessionState.Suspended, Owner: null })
        {
            await Task.Delay(1, Ct); // The runtime's loop runs on a thread of its own.
        }
    }
}
