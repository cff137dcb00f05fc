namespace AgentFlow.Tests.Sessions;

public sealed class ScaleTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ten_thousand_sessions_wait_at_once_and_cost_nothing_but_their_records()
    {
        const int Count = 10_000;
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store, new() { PollInterval = TimeSpan.FromDays(1) });
        var agent = new Expense();
        for (var i = 0; i < Count; i++)
        {
            await runtime.StartAsync(agent, i, new() { Id = $"s{i:00000}" }, Ct);
        }

        while (runtime.LiveSessions > 0)
        {
            await Task.Yield();
        }

        Assert.Equal(Count, (await store.ListAsync(new() { States = [SessionState.Suspended], Limit = int.MaxValue }, Ct)).Count);
        foreach (var i in new[] { 0, Count / 2, Count - 1 })
        {
            var session = await runtime.ResumeAsync(agent, $"s{i:00000}", Ct);
            await session.ApproveAsync(new Decision(true), cancellationToken: Ct);
            await session.AcknowledgeAsync(cancellationToken: Ct);
            Assert.Equal($"paid {i}", await session.Result.WaitAsync(Patience, Ct));
        }
    }

    [Fact]
    public async Task Ten_thousand_sessions_are_at_work_at_once()
    {
        const int Count = 10_000;
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store, new() { PollInterval = TimeSpan.FromDays(1) });
        var crowd = new Crowd(Count);
        var agent = new Crowded(crowd);
        var sessions = await Task.WhenAll(Enumerable.Range(0, Count).Select(i => Task.Run(async () => await runtime.StartAsync(agent, i, new() { Id = $"s{i}" }, Ct))));
        await crowd.IsThere.WaitAsync(Patience, Ct);
        Assert.Equal(Count, runtime.LiveSessions);
        Assert.True(ThreadPool.ThreadCount < 200, $"{ThreadPool.ThreadCount} threads");
        crowd.Go();
        Assert.Equal(Enumerable.Range(0, Count).Select(static i => i * 2), await Task.WhenAll(sessions.Select(static s => s.Result)).WaitAsync(Patience, Ct));
    }

    [Fact]
    public async Task Sessions_at_work_at_once_do_not_mix()
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);
        var agent = new Order();
        var results = await Task.WhenAll(Enumerable.Range(1, 2_000).Select(i => Task.Run(async () =>
            await (await runtime.StartAsync(agent, new string('x', i % 50), new() { Id = $"s{i}" }, Ct)).Result)));
        Assert.Equal(Enumerable.Range(1, 2_000).Select(i => $"{new string('x', i % 50)}: {i % 50} for {i % 50 * 2}"), results);
    }
}

/// <summary>Where so many come together before any goes on.</summary>
public sealed class Crowd(int count)
{
    private readonly TaskCompletionSource _isThere = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _go = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _missing = count;

    public Task IsThere => _isThere.Task;

    public void Go() => _go.SetResult();

    public Task ArriveAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Decrement(ref _missing) == 0)
        {
            _isThere.SetResult();
        }

        return _go.Task.WaitAsync(cancellationToken);
    }
}

[Agent]
public sealed partial class Crowded(Crowd crowd)
{
    [Action]
    private async Task<int> Arrive([Input] int number, CancellationToken ct)
    {
        await crowd.ArriveAsync(ct);
        return number;
    }

    [Action, Result]
    private static int Double(int arrive) => arrive * 2;
}
