using AgentFlow.Tests.Sessions;

namespace AgentFlow.Tests.Regressions;

/// <summary>An operation that claimed a session kept it for a whole lease when users' code threw while the session was read.</summary>
public sealed class ClaimsEndWhenUserCodeThrowsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("merge")]
    [InlineData("resume")]
    [InlineData("rollback")]
    [InlineData("rerun")]
    [InlineData("redrive")]
    public async Task Of(string operation)
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store, new() { Wakes = false });
        var agent = new Prickly();
        var session = await runtime.StartAsync(agent, 1, new() { Id = "s" }, Ct);
        await session.WaitAsync(Ct);
        await session.CheckpointAsync("c", Ct);
        await runtime.ForkAsync(agent, "s", new ForkOptions { Id = "f", IsPaused = true }, Ct);
        if (operation == "redrive")
        {
            await session.CancelAsync(Ct);
            Assert.Equal(SessionState.Cancelled, await session.WaitAsync(Ct));
        }

        Thorn.Pricks.Value = true;
        var error = await Assert.ThrowsAnyAsync<Exception>(async () => _ = operation switch
        {
            "merge" => await runtime.MergeAsync<Prickly, int, string, bool>(agent, "s", [], "Answer", _ => true, Ct),
            "rollback" => await runtime.RollBackAsync(agent, "s", "c", Ct),
            "rerun" => await runtime.RerunAsync(agent, "s", ["Tell"], Ct),
            "redrive" => await runtime.RedriveAsync(agent, "s", Ct),
            _ => await runtime.ResumeAsync(agent, "s", Ct),
        });
        Thorn.Pricks.Value = false;
        Assert.Contains("thorn", error.ToString(), StringComparison.Ordinal);
        Assert.Null((await store.FindAsync("s", Ct))!.Owner);
    }

    [Fact]
    public async Task Of_settle()
    {
        await using var store = new MemorySessionStore();
        var agent = new Posted();
        await using (var dying = new AgentRuntime(store, new() { Wakes = false, Owner = "worker", ShutdownGrace = TimeSpan.Zero }))
        {
            await dying.StartAsync(agent, 1, new() { Id = "s" }, Ct);
            await agent.HasBegun.Task.WaitAsync(Patience, Ct);
        }

        await using var runtime = new AgentRuntime(store, new() { Wakes = false, Owner = "worker" });
        var session = await runtime.ResumeAsync(agent, "s", Ct);
        Assert.Equal(SessionState.Uncertain, await session.WaitAsync(Ct));
        Thorn.Pricks.Value = true;
        var error = await Assert.ThrowsAnyAsync<Exception>(() => runtime.SettleAsync(agent, "s", "Post", Settlement.Completed("posted"), Ct).AsTask());
        Thorn.Pricks.Value = false;
        Assert.Contains("thorn", error.ToString(), StringComparison.Ordinal);
        Assert.Null((await store.FindAsync("s", Ct))!.Owner);
    }
}

/// <summary>A value whose setter throws when the test says so.</summary>
public sealed class Thorn
{
    internal static readonly AsyncLocal<bool> Pricks = new();

    public int Length
    {
        get;
        set => field = Pricks.Value ? throw new ThornException() : value;
    }
}

[Agent]
public sealed partial class Prickly
{
    [Action]
    private Thorn Grow([Input] int length) => new() { Length = length };

    [Signal]
    private partial Task<bool> Answer(Thorn grow);

    [Action]
    private string Tell(Thorn grow, bool answer) => $"{grow.Length} {answer}";
}

/// <summary>Posts something, and its worker goes away meanwhile.</summary>
[Agent]
public sealed partial class Posted
{
    public TaskCompletionSource HasBegun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Action]
    private Thorn Grow([Input] int length) => new() { Length = length };

    [Action(Effect = Effect.AtMostOnce)]
    private async Task<string> Post(Thorn grow)
    {
        HasBegun.TrySetResult();
        await Task.Delay(Timeout.InfiniteTimeSpan);
        return $"{grow.Length}";
    }
}

public sealed class ThornException() : Exception("A thorn.");
