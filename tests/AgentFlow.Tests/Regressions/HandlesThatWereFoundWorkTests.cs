using AgentFlow.Tests.Sessions;

namespace AgentFlow.Tests.Regressions;

/// <summary>A signal given by a handle that was only found was accepted, and nothing ever happened.</summary>
public sealed class HandlesThatWereFoundWorkTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("signal")]
    [InlineData("wait")]
    [InlineData("result")]
    [InlineData("cancel")]
    public async Task By(string first)
    {
        await using var store = new MemorySessionStore();
        await using (var runtime = new AgentRuntime(store))
        {
            await (await runtime.StartAsync(new Expense(), 10m, new() { Id = "s" }, Ct)).WaitAsync(Ct);
        }

        await using var next = new AgentRuntime(store);
        var agent = new Expense();
        var session = (await next.FindAsync(agent, "s", Ct))!;
        var result = first == "result" ? session.Result : null;
        if (first == "wait")
        {
            Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct).WaitAsync(Patience, Ct));
        }

        if (first == "cancel")
        {
            await session.CancelAsync(Ct);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => session.Result.WaitAsync(Patience, Ct));
            Assert.Equal(SessionState.Cancelled, (await session.GetInfoAsync(Ct)).State);
            return;
        }

        Assert.True(await session.ApproveAsync(new Decision(true), cancellationToken: Ct));
        Assert.True(await session.AcknowledgeAsync(cancellationToken: Ct));
        Assert.Equal("paid 10", await (result ?? session.Result).WaitAsync(Patience, Ct));
        Assert.Equal(1, agent.Paid);
    }

    [Fact]
    public async Task But_looking_is_not_working()
    {
        await using var store = new MemorySessionStore();
        await using (var runtime = new AgentRuntime(store))
        {
            var started = await runtime.StartAsync(new Expense(), 10m, new() { Id = "s" }, Ct);
            await started.WaitAsync(Ct);
        }

        await using var next = new AgentRuntime(store);
        var session = (await next.FindAsync(new Expense(), "s", Ct))!;
        await session.GetInfoAsync(Ct);
        await session.ExportAsync(cancellationToken: Ct);

        // By id, as somebody does who knows nothing of the agent.
        await next.SignalAsync("s", "Acknowledge", System.Text.Json.JsonElement.Parse("null"), cancellationToken: Ct);
        Assert.Equal(0, next.LiveSessions);
        Assert.Null((await store.FindAsync("s", Ct))!.Owner);
    }
}
