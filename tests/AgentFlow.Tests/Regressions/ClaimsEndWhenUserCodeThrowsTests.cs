using AgentFlow.Tests.Sessions;

namespace AgentFlow.Tests.Regressions;

/// <summary>An operation that claimed a session kept it for a whole lease when users' code threw while the session was read.</summary>
public sealed class ClaimsEndWhenUserCodeThrowsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("merge")]
    [InlineData("settle")]
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
        if (operation is "redrive" or "settle")
        {
            var claim = (await store.ClaimAsync("s", "test", TimeSpan.FromMinutes(1), Ct))!;
            await store.AppendAsync(new SessionAppend { Claim = claim, After = claim.Info.Sequence, State = operation == "settle" ? SessionState.Uncertain : SessionState.Failed, Releases = true }, Ct);
        }

        Thorn.Pricks.Value = true;
        var error = await Assert.ThrowsAnyAsync<Exception>(async () => _ = operation switch
        {
            "merge" => await runtime.MergeAsync<Prickly, int, string, bool>(agent, "s", [], "Answer", _ => true, Ct),
            "settle" => await runtime.SettleAsync(agent, "s", "Answer", Settlement.Completed(true), Ct),
            "rollback" => await runtime.RollBackAsync(agent, "s", "c", Ct),
            "rerun" => await runtime.RerunAsync(agent, "s", ["Tell"], Ct),
            "redrive" => await runtime.RedriveAsync(agent, "s", Ct),
            _ => await runtime.ResumeAsync(agent, "s", Ct),
        });
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

public sealed class ThornException() : Exception("A thorn.");
