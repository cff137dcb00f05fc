namespace AgentFlow.Tests.Regressions;

/// <summary>
/// A graceful shutdown recorded the engine's own <see cref="ObjectDisposedException"/> as the failure of an action that was about to run a child, and compensated; a
/// parent that waited for its child held the shutdown up for the whole grace.
/// </summary>
public sealed class ShutdownIsNoOutcomeTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory(Timeout = 300_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_action_that_runs_a_child_is_left_as_it_stands(bool isWaiting)
    {
        await using var store = new MemorySessionStore();
        var agent = new AsksLater();

        // Longer than anybody waits: the grace is not used up.
        var runtime = new AgentRuntime(store, new() { ShutdownGrace = TimeSpan.FromDays(1) });
        await runtime.StartAsync(agent, 1, new() { Id = "parent" }, Ct);
        await agent.Started.Task.WaitAsync(Patience, Ct);
        if (isWaiting)
        {
            agent.Gate.SetResult();
            while (await store.FindAsync("parent~1.-.0.1.Ask", Ct) is not { State: SessionState.Suspended })
            {
                await Task.Delay(1, Ct);
            }
        }

        var disposing = runtime.DisposeAsync().AsTask();
        agent.Gate.TrySetResult();
        await disposing.WaitAsync(Patience, Ct);
        await foreach (var record in store.ReadAsync("parent", 0, Ct))
        {
            Assert.NotEqual(JournalKind.Failed, record.Kind);
            Assert.NotEqual(JournalKind.Compensated, record.Kind);
        }

        await using var next = new AgentRuntime(store, new() { PollInterval = TimeSpan.FromMilliseconds(10) });
        var session = await next.ResumeAsync(agent, "parent", Ct);
        while (await store.FindAsync("parent~1.-.0.1.Ask", Ct) is null)
        {
            await Task.Delay(1, Ct);
        }

        await next.SignalAsync("parent~1.-.0.1.Ask", "Answer", System.Text.Json.JsonSerializer.SerializeToElement(41), cancellationToken: Ct);
        Assert.Equal(42, await session.Result.WaitAsync(Patience, Ct));
        Assert.Equal(0, agent.Undone);
    }
}

[Agent]
public sealed partial class AsksLater
{
    private int _undone;

    internal int Undone => _undone;

    internal TaskCompletionSource Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal TaskCompletionSource Gate { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Action, Compensate(nameof(Cancel))]
    private static int Book([Input] int one) => one;

    [Action, Retry(2, Delay = "00:00:00", On = [typeof(Exception)])]
    private async Task<int> Ask(int book, ActionContext context, CancellationToken ct)
    {
        Started.TrySetResult();
        await Gate.Task;
        return await context.RunChildAsync(new Answers(), book, ct);
    }

    private void Cancel(int book) => Interlocked.Increment(ref _undone);
}

[Agent]
public sealed partial class Answers
{
    [Signal]
    private partial Task<int> Answer([Input] int one);

    [Action]
    private static int Sum([Input] int one, [From(nameof(Answer))] int answer) => one + answer;
}
