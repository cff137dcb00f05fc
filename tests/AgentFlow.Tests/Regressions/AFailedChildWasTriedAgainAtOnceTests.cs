namespace AgentFlow.Tests.Regressions;

/// <summary>
/// An action that was done again by order ran its child, which failed, and ran it once more in the same attempt: what should happen at most
/// once happened twice.
/// </summary>
public sealed class AFailedChildWasTriedAgainAtOnceTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact(Timeout = 300_000)]
    public async Task A_child_that_fails_in_an_attempt_is_not_run_again_by_it()
    {
        var clock = new ManualTimeProvider();
        await using var store = new MemorySessionStore(clock);
        var options = new AgentRuntimeOptions { Run = new() { TimeProvider = clock }, Lease = TimeSpan.FromHours(1) };
        var died = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var creations = 0;
        var dying = new WrappedStore(store)
        {
            OnWrite = (what, isOver) =>
            {
                if (isOver && what == "create" && ++creations == 2)
                {
                    died.SetResult();
                    throw new IOException("The process has died.");
                }
            },
        };
        var agent = new Principal();
        await using (var runtime = new AgentRuntime(dying, options))
        {
            await runtime.StartAsync(agent, 7, new() { Id = "s" }, Ct);
            await died.Task.WaitAsync(Patience, Ct);
        }

        clock.Advance(TimeSpan.FromHours(3));
        await using var next = new AgentRuntime(store, options);
        var resumed = await next.ResumeAsync(agent, "s", Ct);
        Assert.Equal(SessionState.Uncertain, await resumed.WaitAsync(Ct));
        var settled = await next.SettleAsync(agent, "s", "Order", Settlement.Retry, Ct);
        await Assert.ThrowsAsync<ActionFailedException>(() => settled.Result.WaitAsync(Patience, Ct));
        Assert.Equal(1, agent.Wires.Count);
    }
}

internal sealed class Wires
{
    internal int Count { get; set; }
}

[Agent]
public sealed partial class Principal
{
    internal Wires Wires { get; } = new();

    [Action(Effect = Effect.AtMostOnce)]
    private async Task<int> Order([Input] int sum, ActionContext context, CancellationToken ct) => await context.RunChildAsync(new Broker(Wires), sum, ct);
}

[Agent]
public sealed partial class Broker
{
    private readonly Wires _wires;

    internal Broker(Wires wires) => _wires = wires;

    [Action(Effect = Effect.AtMostOnce)]
    private int Wire([Input] int sum)
    {
        _wires.Count++;
        throw new InvalidOperationException($"no account for {sum}");
    }
}
