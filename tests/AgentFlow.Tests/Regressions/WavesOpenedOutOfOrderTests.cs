namespace AgentFlow.Tests.Regressions;

/// <summary>In a session that was redriven a late wave began before an action of an early one was over that had been undone.</summary>
public sealed class WavesOpenedOutOfOrderTests
{
    [Fact]
    public async Task No_wave_begins_before_those_ahead_of_it_are_over()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var runtime = new AgentRuntime(new MemorySessionStore());
        var waves = new LateWaves();
        var session = await runtime.StartAsync(waves, 1, new() { Id = "s" }, ct);
        await Assert.ThrowsAsync<ActionFailedException>(() => session.Result);
        waves.Fails = false;
        session = await runtime.RedriveAsync(waves, "s", ct);
        await waves.Reserving.Task.WaitAsync(Patience, ct);
        waves.Go.SetResult();
        Assert.Equal(3, await session.Result.WaitAsync(Patience, ct));
        Assert.Equal(["reserve", "send", "reserve", "reserved", "send"], waves.Lines);
    }
}

[Agent(Scheduling = SchedulingMode.Waves)]
public sealed partial class LateWaves
{
    private readonly System.Collections.Concurrent.ConcurrentQueue<string> _lines = [];

    public bool Fails { get; set; } = true;

    public string[] Lines => [.. _lines];

    public TaskCompletionSource Reserving { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource Go { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Action, Compensate(nameof(Release))]
    private async Task Reserve([Input] int of, CancellationToken ct)
    {
        _lines.Enqueue("reserve");
        if (!Fails)
        {
            Reserving.SetResult();
            await Go.Task.WaitAsync(ct);
            _lines.Enqueue("reserved");
        }
    }

    private static void Release()
    {
    }

    [Action]
    private static int First([Input] int of) => of;

    [Action]
    private static int Second([From(nameof(First))] int first) => first + 1;

    [Action, Result]
    private int Send([From(nameof(Second))] int second)
    {
        _lines.Enqueue("send");
        return Fails ? throw new InvalidOperationException("no") : second + 1;
    }
}
