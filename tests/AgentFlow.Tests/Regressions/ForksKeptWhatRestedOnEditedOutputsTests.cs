using AgentFlow.Tests.Sessions;

namespace AgentFlow.Tests.Regressions;

/// <summary>A fork with another output of an action kept what had been made of the first one before its place, and ended with it.</summary>
public sealed class ForksKeptWhatRestedOnEditedOutputsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null)]
    [InlineData("Describe")]
    public async Task It_is_made_anew(string? after)
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);
        var agent = new Order();
        await (await runtime.StartAsync(agent, "apples", new() { Id = "o" }, Ct)).Result.WaitAsync(Patience, Ct);
        var fork = await runtime.ForkAsync(agent, "o", new ForkOptions { After = after }.Set("Quote", new Price(99, "USD")), Ct);
        Assert.Equal("apples: 6 for 99", await fork.Result.WaitAsync(Patience, Ct));
        Assert.Equal(4, agent.Calls);
        Assert.Equal("apples: 6 for 12", await (await runtime.ResumeAsync(agent, "o", Ct)).Result.WaitAsync(Patience, Ct));
    }

    [Fact]
    public async Task What_is_edited_itself_is_not()
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);
        var agent = new Order();
        await (await runtime.StartAsync(agent, "apples", new() { Id = "o" }, Ct)).Result.WaitAsync(Patience, Ct);
        var fork = await runtime.ForkAsync(agent, "o", new ForkOptions().Set("Count", 3).Set("Quote", new Price(5, "USD")), Ct);
        Assert.Equal("apples: 3 for 5", await fork.Result.WaitAsync(Patience, Ct));
        Assert.Equal(4, agent.Calls);
    }

    [Fact]
    public async Task An_approval_of_something_else_is_asked_for_again()
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);
        var agent = new Expense();
        var session = await runtime.StartAsync(agent, 10m, new() { Id = "e" }, Ct);
        Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct));
        await session.ApproveAsync(new Decision(true), cancellationToken: Ct);
        while (!(await runtime.ReadOutcomesAsync(agent, "e", Ct)).Any(static o => o.Action == "Approve"))
        {
            await Task.Delay(1, Ct); // The runtime's loop runs on a thread of its own.
        }

        var fork = await runtime.ForkAsync(agent, "e", new ForkOptions { Id = "f", After = "Approve" }.Set("Submit", "another report"), Ct);
        Assert.Equal(SessionState.Suspended, await fork.WaitAsync(Ct));
        await fork.AcknowledgeAsync(cancellationToken: Ct);
        Assert.Equal(SessionState.Suspended, await fork.WaitAsync(Ct));
        await fork.ApproveAsync(new Decision(false, "no"), cancellationToken: Ct);
        Assert.Equal("refused: no", await fork.Result.WaitAsync(Patience, Ct));
    }

    [Fact]
    public async Task What_happens_at_most_once_and_has_happened_is_not_repeated()
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);
        var agent = new Expense();
        var session = await runtime.StartAsync(agent, 10m, new() { Id = "e" }, Ct);
        await session.ApproveAsync(new Decision(true), cancellationToken: Ct);
        await session.AcknowledgeAsync(cancellationToken: Ct);
        Assert.Equal("paid 10", await session.Result.WaitAsync(Patience, Ct));

        var error = await Assert.ThrowsAsync<InvalidSessionTransitionException>(
            () => runtime.ForkAsync(agent, "e", new ForkOptions { Id = "f" }.Set("Submit", "another report"), Ct).AsTask());
        Assert.Contains("'Pay'", error.Message, StringComparison.Ordinal);
        Assert.Null(await store.FindAsync("f", Ct));

        // From before it a fork may go another way.
        var fork = await runtime.ForkAsync(agent, "e", new ForkOptions { After = "Submit" }.Set("Submit", "another report"), Ct);
        await fork.ApproveAsync(new Decision(false, "no"), cancellationToken: Ct);
        await fork.AcknowledgeAsync(cancellationToken: Ct);
        Assert.Equal("refused: no", await fork.Result.WaitAsync(Patience, Ct));
        Assert.Equal(2, agent.Paid);
    }
}
