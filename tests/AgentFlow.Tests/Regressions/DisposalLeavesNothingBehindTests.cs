using System.Collections.Concurrent;

namespace AgentFlow.Tests.Regressions;

/// <summary>
/// Sessions that were started while the runtime was being disposed went on as zombies; an action deaf to its token kept the runtime from ending; each
/// disposal left an exception for the finalizer to report.
/// </summary>
public sealed class DisposalLeavesNothingBehindTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact(Timeout = 300_000)]
    public async Task Nothing_starts_once_the_runtime_is_disposed()
    {
        for (var round = 0; round < 40; round++)
        {
            await using var store = new MemorySessionStore();
            var runtime = new AgentRuntime(store);
            var agent = new StepsOn();
            var starting = Enumerable.Range(0, 8).Select(i => Task.Run(
                async () =>
                {
                    try
                    {
                        await runtime.StartAsync(agent, 200, new() { Id = $"s{i}" }, Ct);
                    }
                    catch (ObjectDisposedException)
                    {
                        // It came too late.
                    }
                },
                Ct)).ToArray();
            await Task.Yield();
            await runtime.DisposeAsync();
            agent.IsOver = true;
            await Task.WhenAll(starting);
            Assert.Equal(0, runtime.LiveSessions);
            Assert.False(agent.RanAfterwards);
        }
    }

    [Fact(Timeout = 300_000)]
    public async Task An_action_that_ignores_its_token_is_left_behind()
    {
        await using var store = new MemorySessionStore();
        var runtime = new AgentRuntime(store, new() { ShutdownGrace = TimeSpan.FromMilliseconds(50) });
        var agent = new IgnoresItsToken();
        var session = await runtime.StartAsync(agent, 1, new() { Id = "deaf" }, Ct);
        await agent.Started.Task.WaitAsync(Patience, Ct);
        await runtime.DisposeAsync().AsTask().WaitAsync(Patience, Ct);
        agent.Gate.SetResult();

        // What it comes to later is not recorded: another worker may have the session.
        Assert.Contains((await store.FindAsync("deaf", Ct))!.State, new[] { SessionState.Created, SessionState.Running });
    }
}

/// <summary>The same of exceptions that nobody observes. They are told to the whole process: no other test may run meanwhile.</summary>
[Collection(nameof(Undisturbed))]
public sealed class NoExceptionIsLeftForTheFinalizerTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact(Timeout = 300_000)]
    public async Task Of_a_result_that_nobody_awaits() => Assert.Empty(await UnobservedAsync(static async store =>
    {
        Task result;
        await using (var runtime = new AgentRuntime(store))
        {
            var session = await runtime.StartAsync(new WaitsForEver(), 1, cancellationToken: Ct);
            Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct));
            result = session.Result;
        }

        // To ask is not to observe.
        Assert.True(SpinWait.SpinUntil(() => result.IsCompleted, Patience));
    }));

    [Fact(Timeout = 300_000)]
    public async Task Of_a_wait_that_was_given_up() => Assert.Empty(await UnobservedAsync(static async store =>
    {
        var agent = new IgnoresItsToken();
        await using var elsewhere = new AgentRuntime(store);
        await elsewhere.StartAsync(agent, 1, new() { Id = "s" }, Ct);
        await agent.Started.Task.WaitAsync(Patience, Ct);
        await using (var runtime = new AgentRuntime(store))
        {
            var found = await runtime.FindAsync(agent, "s", Ct);
            using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(20));
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => found!.WaitAsync(soon.Token));
        }

        agent.Gate.SetResult();
    }));

    /// <summary>What the finalizer finds of runtimes that are disposed in the use of a store.</summary>
    private static async Task<IEnumerable<Exception>> UnobservedAsync(Func<MemorySessionStore, Task> use)
    {
        // What other tests have left behind is not of this one.
        Collect();
        var unobserved = new ConcurrentQueue<Exception>();
        EventHandler<UnobservedTaskExceptionEventArgs> observe = (_, e) => unobserved.Enqueue(e.Exception);
        TaskScheduler.UnobservedTaskException += observe;
        try
        {
            await Task.Run(
                async () =>
                {
                    await using var store = new MemorySessionStore();
                    await use(store);
                },
                Ct);

            // On stacks of their own: this one may still be that of the use, which holds what it had.
            for (var i = 0; i < 10; i++)
            {
                await Task.Yield();
                Collect();
            }
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= observe;
        }

        return unobserved.Where(static e => e.ToString().Contains(nameof(AgentRuntime), StringComparison.Ordinal));
    }

    private static void Collect()
    {
        for (var i = 0; i < 2; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }
}

[Agent(MaxIterations = 1000)]
public sealed partial class StepsOn
{
    internal volatile bool IsOver;
    internal volatile bool RanAfterwards;

    [Action]
    private async Task<int> Step([Previous(nameof(Step))] int? before)
    {
        RanAfterwards |= IsOver;
        await Task.Yield();
        return (before ?? 0) + 1;
    }

    [Until]
    private static bool Done(int step, [Input] int steps) => step >= steps;
}

[Agent]
public sealed partial class IgnoresItsToken
{
    internal TaskCompletionSource Gate { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal TaskCompletionSource Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Action]
    private async Task<int> Work([Input] int one)
    {
        Started.TrySetResult();
        await Gate.Task;
        return one;
    }
}
