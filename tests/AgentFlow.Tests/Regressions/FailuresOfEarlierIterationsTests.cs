namespace AgentFlow.Tests.Regressions;

/// <summary>
/// An agent that goes on after failures told only those since its last snapshot once another worker had resumed its session; and what
/// nobody waits for was
/// not in the snapshot, so that it ran again at each resumption and broke the session.
/// </summary>
public sealed class FailuresOfEarlierIterationsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact(Timeout = 300_000)]
    public async Task A_snapshot_keeps_what_failed_in_earlier_iterations()
    {
        const int Days = 12;
        await using var store = new MemorySessionStore();
        var agent = new Persevering();
        for (var day = 1; day <= Days; day++)
        {
            // Another process every day.
            await using var runtime = new AgentRuntime(store, new() { PollInterval = TimeSpan.FromDays(1) });
            var session = await runtime.StartOrResumeAsync(agent, 1, new() { Id = "p" }, Ct);
            Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct));
            await session.NextAsync(day < Days, cancellationToken: Ct);
            await session.WaitAsync(Ct);
        }

        Assert.NotNull(await store.FindSnapshotAsync("p", long.MaxValue, Ct));
        await using var last = new AgentRuntime(store);
        var failure = await Assert.ThrowsAsync<ActionFailedException>(async () => await (await last.ResumeAsync(agent, "p", Ct)).Result);
        Assert.Equal(Enumerable.Range(1, Days), failure.Failures.Select(static f => f.Iteration));
        Assert.Equal(Days, agent.Forgotten);
        Assert.All(failure.Failures, static f => Assert.Equal("Try", f.Action));
    }
}

[Agent(OnFailure = FailurePolicy.Continue, MaxIterations = 20)]
public sealed partial class Persevering
{
    internal int Forgotten { get; private set; }

    [Action]
    private static string Write([Input] int _) => new('x', 4096);

    [Action]
    private static int Try(string write) => throw new TimeoutException(write[..1]);

    [Action, Optional]
    private static int Hope(string write) => throw new FormatException(write[..1]);

    [Action(Mode = ActionMode.FireAndForget)]
    private void Forget(string write)
    {
        Forgotten++;
        throw new FormatException(write[..1]);
    }

    [Signal, DependsOn(nameof(Hope))]
    private partial Task<bool> Next(string write);

    [Until]
    private static bool Done([From(nameof(Next))] bool goesOn) => !goesOn;

    [Action, Result]
    private static int Sum([From(nameof(Try))] int attempt) => attempt;
}
