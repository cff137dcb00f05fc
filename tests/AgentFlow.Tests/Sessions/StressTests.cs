using System.Diagnostics;
namespace AgentFlow.Tests.Sessions;

public sealed class StressTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sessions_held_resumed_signalled_and_cancelled_at_random_all_come_to_an_end()
    {
        await using var store = new MemorySessionStore();
        var runtimes = Enumerable.Range(0, 3).Select(i => new AgentRuntime(store, new() { Owner = $"w{i}", PollInterval = TimeSpan.FromMilliseconds(5) })).ToList();
        var agent = new Busy();
        foreach (var runtime in runtimes)
        {
            runtime.Register(agent);
        }

        await Task.WhenAll(Enumerable.Range(0, 150).Select(i => Task.Run(async () =>
        {
            var random = new Random(i);
            var session = await runtimes[i % 3].StartAsync(agent, i, new() { Id = $"s{i}" }, Ct);
            for (var n = 0; n < 6; n++)
            {
                await TryAsync(async () =>
                {
                    switch (random.Next(5))
                    {
                        case 0:
                            await session.PauseAsync(Ct);
                            break;
                        case 1:
                            await session.ResumeAsync(Ct);
                            break;
                        case 2:
                            await session.CheckpointAsync($"c{n}", Ct);
                            break;
                        case 3 when i % 7 == 0:
                            await session.CancelAsync(Ct);
                            break;
                        default:
                            await session.SignalAsync(Busy.Signals.Confirm, true, new() { Key = "k" }, Ct);
                            break;
                    }
                });
            }

            await TryAsync(async () => await session.SignalAsync(Busy.Signals.Confirm, true, new() { Key = "k" }, Ct));
            var begun = Stopwatch.GetTimestamp();
            while (!(await session.GetInfoAsync(Ct)).State.IsEnded())
            {
                Assert.True(Stopwatch.GetElapsedTime(begun) < Patience, $"s{i} is {await session.GetInfoAsync(Ct)}");
                await TryAsync(async () => await session.ResumeAsync(Ct));
                await Task.Delay(1, Ct); // Other workers have to get at it.
            }

            if ((await session.GetInfoAsync(Ct)).State == SessionState.Completed)
            {
                Assert.Equal(i * 6, await session.Result.WaitAsync(Patience, Ct));
            }
        })));

        foreach (var info in await store.ListAsync(new() { Limit = int.MaxValue }, Ct))
        {
            var outcomes = (await runtimes[0].ReadOutcomesAsync(agent, info.Id, Ct)).Select(o => (o.Iteration, o.Action, o.Item)).ToList();
            Assert.Equal(outcomes.Distinct().Count(), outcomes.Count);
        }

        foreach (var runtime in runtimes)
        {
            await runtime.DisposeAsync();
            Assert.Equal(0, runtime.LiveSessions);
        }
    }

    /// <summary>What a session refuses because of another's doing is as it should be.</summary>
    private static async Task TryAsync(Func<Task> operation)
    {
        try
        {
            await operation();
        }
        catch (SessionException)
        {
        }
    }
}

[Agent]
public sealed partial class Busy
{
    [Action, Compensate(nameof(Undo))]
    private async Task<int> Begin([Input] int number)
    {
        await Task.Yield();
        return number;
    }

    private static void Undo(int begin)
    {
    }

    [Action]
    private async Task<int> Left(int begin)
    {
        await Task.Yield();
        return begin * 2;
    }

    [Action]
    private async Task<int> Right(int begin, CancellationToken ct)
    {
        await Task.Delay(1, ct);
        return begin * 3;
    }

    [Signal]
    private partial Task<bool> Confirm(int begin);

    [Action, Result]
    private int Sum([From(nameof(Left))] int left, [From(nameof(Right))] int right, int begin, bool confirm) => confirm ? left + right + begin : 0;
}
