namespace AgentFlow.Tests.Regressions;

/// <summary>Disposing of a runtime waited, one session after the other, for what users had registered with the tokens of their actions.</summary>
public sealed class ABlockingCallbackHeldUpDisposalTests : IDisposable
{
    private readonly ManualResetEventSlim _gate = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _gate.Set();
        _gate.Dispose();
    }

    [Fact]
    public async Task Disposal_has_its_bound()
    {
        await using var store = new MemorySessionStore();
        var agent = new Blocking(_gate);
        var runtime = new AgentRuntime(store, new() { ShutdownGrace = TimeSpan.FromMilliseconds(20) });
        for (var i = 0; i < 3; i++)
        {
            await runtime.StartAsync(agent, i, new() { Id = $"s{i}" }, Ct);
        }

        await agent.AllAtWork.WaitAsync(Patience, Ct);
        await Task.Run(() => runtime.DisposeAsync().AsTask(), Ct).WaitAsync(Patience, Ct);
        Assert.False(_gate.IsSet);
    }
}

/// <summary>Blocks the thread that cancels it.</summary>
[Agent]
public sealed partial class Blocking(ManualResetEventSlim gate)
{
    private readonly TaskCompletionSource _allAtWork = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _atWork;

    public Task AllAtWork => _allAtWork.Task;

    [Action]
    private async Task<int> Wait([Input] int number, CancellationToken ct)
    {
        await using var registration = ct.Register(gate.Wait);
        if (Interlocked.Increment(ref _atWork) == 3)
        {
            _allAtWork.TrySetResult();
        }

        await Task.Delay(Timeout.Infinite, ct);
        return number;
    }
}
