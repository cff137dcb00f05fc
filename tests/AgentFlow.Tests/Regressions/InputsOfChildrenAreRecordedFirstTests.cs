namespace AgentFlow.Tests.Regressions;

/// <summary>
/// With a durability that records late, a worker died after it had made a child; the next one made its inputs anew, and the child did not
/// fit them.
/// </summary>
public sealed class InputsOfChildrenAreRecordedFirstTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory(Timeout = 300_000)]
    [InlineData(Durability.Step)]
    [InlineData(Durability.Deferred)]
    [InlineData(Durability.Suspend)]
    public async Task What_a_child_was_made_of_is_recorded_before_it(Durability durability)
    {
        var clock = new ManualTimeProvider();
        await using var store = new MemorySessionStore(clock);
        var options = new AgentRuntimeOptions { Run = new() { TimeProvider = clock }, Lease = TimeSpan.FromHours(1) };
        var agent = new Lottery();
        var creations = 0;
        var died = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
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
        await using (var runtime = new AgentRuntime(dying, options))
        {
            await runtime.StartAsync(agent, 7, new() { Id = "s", Durability = durability }, Ct);
            await died.Task.WaitAsync(Patience, Ct);
        }

        clock.Advance(TimeSpan.FromHours(3));
        await using var next = new AgentRuntime(store, options);
        var resumed = await next.ResumeAsync(agent, "s", Ct);
        Assert.Equal(101, await resumed.Result.WaitAsync(Patience, Ct));
        Assert.Equal(1, agent.Drawn);
    }
}

[Agent]
public sealed partial class Lottery
{
    internal int Drawn { get; private set; }

    [Action]
    private int Draw([Input] int _) => ++Drawn;

    [Action]
    private static async Task<int> Ask(int draw, ActionContext context, CancellationToken ct) => await context.RunChildAsync(new Announcer(), draw, ct);
}

[Agent]
public sealed partial class Announcer
{
    [Action]
    private static int Announce([Input] int number) => number + 100;
}
