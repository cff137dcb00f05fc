using System.Collections.Concurrent;

namespace AgentFlow.Tests.Regressions;

/// <summary>
/// In sessions, fire-and-forget actions ran again at each resumption, became uncertain, or hung the process: their end was dropped, or queued where nobody
/// wrote any more.
/// </summary>
public sealed class ForgottenActionsOfSessionsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory(Timeout = 300_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task One_that_ended_before_a_suspension_is_not_started_again(bool atMostOnce)
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store, new() { PollInterval = TimeSpan.FromMilliseconds(5) });
        if (atMostOnce)
        {
            var agent = new ForgetsOnce();
            var session = await runtime.StartAsync(agent, 1, cancellationToken: Ct);
            await AnswerAsync(session, () => session.FirstAsync(true, cancellationToken: Ct), () => session.SecondAsync(true, cancellationToken: Ct));
            Assert.Equal(1, await session.Result.WaitAsync(Patience, Ct));
            Assert.Equal(1, agent.Calls);
        }
        else
        {
            var agent = new Forgets();
            var session = await runtime.StartAsync(agent, 1, cancellationToken: Ct);
            await AnswerAsync(session, () => session.FirstAsync(true, cancellationToken: Ct), () => session.SecondAsync(true, cancellationToken: Ct));
            Assert.Equal(1, await session.Result.WaitAsync(Patience, Ct));
            Assert.Equal(1, agent.Calls);
        }
    }

    [Fact(Timeout = 300_000)]
    public async Task All_elements_run_and_the_process_drains_though_the_session_has_ended()
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);
        var agent = new ForgetsElements();
        var session = await runtime.StartAsync(agent, 4, cancellationToken: Ct);
        Assert.Equal(4, await session.Result.WaitAsync(Patience, Ct));
        agent.Gate.SetResult();
        await AgentBackground.DrainAsync(Ct).WaitAsync(Patience, Ct);
        Assert.Equal([0, 1, 2, 3], agent.Elements.Order());
    }

    [Fact(Timeout = 300_000)]
    public async Task One_with_a_delay_ends_with_its_session()
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);
        var session = await runtime.StartAsync(new ForgetsLater(), 1, cancellationToken: Ct);
        Assert.Equal(1, await session.Result.WaitAsync(Patience, Ct));
    }

    private static async Task AnswerAsync(Session session, params Func<ValueTask<bool>>[] answers)
    {
        foreach (var answer in answers)
        {
            Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct));
            await answer();
        }
    }
}

[Agent]
public sealed partial class Forgets
{
    private int _calls;

    internal int Calls => _calls;

    [Action(Mode = ActionMode.FireAndForget)]
    private async Task Log([Input] int one)
    {
        await Task.Delay(20);
        Interlocked.Increment(ref _calls);
    }

    [Signal]
    private partial Task<bool> First([Input] int one);

    [Signal]
    private partial Task<bool> Second([From(nameof(First))] bool first);

    [Action]
    private static int End([Input] int one, [From(nameof(Second))] bool second) => one;
}

[Agent]
public sealed partial class ForgetsOnce
{
    private int _calls;

    internal int Calls => _calls;

    [Action(Mode = ActionMode.FireAndForget, Effect = Effect.AtMostOnce)]
    private async Task Log([Input] int one)
    {
        await Task.Delay(20);
        Interlocked.Increment(ref _calls);
    }

    [Signal]
    private partial Task<bool> First([Input] int one);

    [Signal]
    private partial Task<bool> Second([From(nameof(First))] bool first);

    [Action]
    private static int End([Input] int one, [From(nameof(Second))] bool second) => one;
}

[Agent]
public sealed partial class ForgetsElements
{
    internal ConcurrentQueue<int> Elements { get; } = [];

    internal TaskCompletionSource Gate { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Action]
    private static int[] Numbers([Input] int count) => [.. Enumerable.Range(0, count)];

    [Action(Mode = ActionMode.FireAndForget), ForEach(nameof(Numbers), MaxParallel = 2)]
    private async Task Log([Item] int number)
    {
        await Gate.Task;
        Elements.Enqueue(number);
    }

    [Action]
    private static int Count([From(nameof(Numbers))] int[] numbers) => numbers.Length;
}

[Agent]
public sealed partial class ForgetsLater
{
    [Action(Mode = ActionMode.FireAndForget), Delay("00:00:00.020")]
    private static Task Log([Input] int one) => Task.CompletedTask;

    [Action]
    private static int End([Input] int one) => one;
}
