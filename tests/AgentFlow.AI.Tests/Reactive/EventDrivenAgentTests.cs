using System.Collections.Concurrent;
using AgentFlow.Testing;

namespace AgentFlow.AI.Tests.Reactive;

/// <summary>Events are handled by type, in order by key, within bounds, and none is lost.</summary>
public class EventDrivenAgentTests
{
    private readonly ConcurrentQueue<EventOutcome> _outcomes = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_type_has_its_handler_and_what_came_of_it_is_told()
    {
        await using var agent = new EventDrivenAgent(Options())
            .On<Opened>(static (e, _, _) => new($"opened {e.Door}"))
            .On<Closed>(static (_, _, _) => throw new IOException("stuck"))
            .On<Animal>(static (e, _, _) => new(e.GetType().Name))
            .Start();
        await agent.PublishAsync(new Opened("a", 1), Ct);
        await agent.PublishAsync(new Closed("a"), Ct);
        await agent.PublishAsync<Animal>(new Cat(), Ct);
        Assert.Empty(await agent.StopAsync(Ct));
        var outcomes = _outcomes.OrderBy(static outcome => outcome.Sequence).ToArray();
        Assert.Equal("opened a", outcomes[0].Response);
        Assert.Equal("stuck", Assert.IsType<IOException>(outcomes[1].Error).Message);
        Assert.Equal("Cat", outcomes[2].Response); // By what it is, to the handler of what it derives from.
        Assert.Equal("Nobody handles events of type 'System.String'. Register a handler before the agent is started: agent.On<String>(…).", (await Assert.ThrowsAsync<NoEventHandlerException>(() => agent.PublishAsync("text", Ct).AsTask())).Message);
    }

    // Where order is lost, an event may wait for ever behind the one that is held up.
    [Fact(Timeout = 300_000)]
    public async Task Events_of_a_key_keep_their_order_and_others_go_on_beside_them()
    {
        var last = new ConcurrentDictionary<string, int>();
        var disorder = 0;
        var held = new TaskCompletionSource();
        var holdUp = new TaskCompletionSource();
        await using var agent = new EventDrivenAgent(Options(lanes: 8, capacity: 4)).On<Opened>(
            async (e, _, _) =>
            {
                if (e is { Door: "0", Number: 0 })
                {
                    held.SetResult();
                    await holdUp.Task;
                }

                await Task.Yield();
                disorder += last.TryGetValue(e.Door, out var before) && before != e.Number - 1 ? 1 : 0;
                last[e.Door] = e.Number;
                return null;
            },
            static e => e.Door).Start();
        await agent.PublishAsync(new Opened("0", 0), Ct);
        await held.Task;
        for (var i = 1; i < 200; i++)
        {
            foreach (var door in (string[])["1", "2", "3"])
            {
                await agent.PublishAsync(new Opened(door, i), Ct);
            }
        }

        // All others are done while the first event of its key still is not.
        await agent.PublishAsync(new Opened("0", 1), Ct);
        while (!(last.GetValueOrDefault("1") == 199 && last.GetValueOrDefault("2") == 199 && last.GetValueOrDefault("3") == 199))
        {
            await Task.Yield();
            Ct.ThrowIfCancellationRequested();
        }

        Assert.False(last.ContainsKey("0"));
        holdUp.SetResult();
        await agent.StopAsync(Ct);
        Assert.Equal((0, 1), (disorder, last["0"]));
        Assert.Equal(2 + (3 * 199), _outcomes.Count);
    }

    [Fact]
    public async Task Who_is_faster_than_the_handlers_waits()
    {
        var gate = new SemaphoreSlim(0);
        var began = new SemaphoreSlim(0);
        await using var agent = new EventDrivenAgent(Options(lanes: 1, capacity: 2)).On<Opened>(async (_, _, token) =>
        {
            began.Release();
            await gate.WaitAsync(token);
            return null;
        }).Start();
        await agent.PublishAsync(new Opened("a", 0), Ct);
        await began.WaitAsync(Ct);
        await agent.PublishAsync(new Opened("a", 1), Ct);
        await agent.PublishAsync(new Opened("a", 2), Ct);
        var fourth = agent.PublishAsync(new Opened("a", 3), Ct).AsTask();
        Assert.False(fourth.IsCompleted);
        Assert.Equal(2, agent.Waiting);
        using var impatient = new CancellationTokenSource();
        var fifth = agent.PublishAsync(new Opened("a", 4), impatient.Token).AsTask();
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fifth);
        gate.Release();
        await fourth;
        gate.Release(10);
        await agent.StopAsync(Ct);
        Assert.Equal([0, 1, 2, 3], _outcomes.Select(static outcome => ((Opened)outcome.Event).Number));
    }

    [Fact]
    public async Task Stopping_handles_what_waits_and_takes_no_more()
    {
        var agent = new EventDrivenAgent(Options(lanes: 2)).On<Opened>(static (e, _, _) => new(e.Number));
        for (var i = 0; i < 50; i++)
        {
            await agent.PublishAsync(new Opened("a", i), Ct); // Before the start, too.
        }

        Assert.Empty(await agent.Start().StopAsync(Ct));
        Assert.Equal(50, _outcomes.Count);
        await agent.Completion;
        await Assert.ThrowsAsync<EventAgentStoppedException>(() => agent.PublishAsync(new Opened("a", 1), Ct).AsTask());
        await agent.DisposeAsync();
        await agent.DisposeAsync();
        Assert.Empty(await agent.StopAsync(new CancellationToken(true)));
    }

    [Fact]
    public async Task Stopping_that_is_cut_short_gives_back_what_was_not_handled()
    {
        var began = new TaskCompletionSource();
        var agent = new EventDrivenAgent(Options(lanes: 1)).On<Opened>(async (e, _, token) =>
        {
            if (e.Number == 1)
            {
                began.SetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, token);
            }

            return null;
        }).Start();
        for (var i = 0; i < 5; i++)
        {
            await agent.PublishAsync(new Opened("a", i), Ct);
        }

        await began.Task;
        using var source = new CancellationTokenSource();
        var stopping = agent.StopAsync(source.Token);
        Assert.False(stopping.IsCompleted);
        await source.CancelAsync();
        Assert.Equal([1, 2, 3, 4], (await stopping).Cast<Opened>().Select(static e => e.Number));
        Assert.Single(_outcomes);
        await agent.DisposeAsync();
    }

    [Fact]
    public async Task An_agent_that_never_started_gives_all_back()
    {
        await using var agent = new EventDrivenAgent(Options()).On<Closed>(static (_, _, _) => new((object?)null));
        await agent.PublishAsync(new Closed("a"), Ct);
        Assert.Single(await agent.StopAsync(Ct));
        await Assert.ThrowsAsync<InvalidOperationException>(() => agent.Completion);
    }

    [Fact]
    public async Task A_handler_publishes_what_follows_but_does_not_wait_for_room()
    {
        Exception? refused = null;
        var (first, second) = (false, false);
        EventDrivenAgent agent = null!;
        agent = new EventDrivenAgent(Options(lanes: 1, capacity: 1))
            .On<Opened>(async (e, context, token) =>
            {
                (first, second) = (context.TryPublish(new Closed(e.Door)), context.TryPublish(new Closed(e.Door)));
                refused = await Record.ExceptionAsync(() => agent.PublishAsync(new Closed(e.Door), token).AsTask());
                return null;
            })
            .On<Closed>(static (_, context, _) => new(context.Sequence));
        await agent.PublishAsync(new Opened("a", 0), Ct);
        agent.Start();
        while (_outcomes.Count < 2)
        {
            await Task.Yield();
            Ct.ThrowIfCancellationRequested();
        }

        Assert.Equal((true, false), (first, second));
        Assert.IsType<InvalidOperationException>(refused);
        Assert.Empty(await agent.StopAsync(Ct));
        await agent.DisposeAsync();
    }

    [Fact]
    public async Task A_handler_that_takes_too_long_fails_and_the_next_event_is_handled()
    {
        var clock = new ManualTimeProvider();
        var began = new TaskCompletionSource();
        await using var agent = new EventDrivenAgent(Options(lanes: 1) with { HandlerTimeout = TimeSpan.FromSeconds(5), TimeProvider = clock }).On<Opened>(async (e, _, token) =>
        {
            if (e.Number == 0)
            {
                began.SetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, token);
            }

            return e.Number;
        }).Start();
        await agent.PublishAsync(new Opened("a", 0), Ct);
        await agent.PublishAsync(new Opened("a", 1), Ct);
        await began.Task;
        clock.Advance(TimeSpan.FromSeconds(5));
        await agent.StopAsync(Ct);
        Assert.Collection(_outcomes, static outcome => Assert.IsType<TimeoutException>(outcome.Error), static outcome => Assert.Equal(1, outcome.Response));
    }

    [Fact]
    public async Task Where_outcomes_are_not_taken_all_ends()
    {
        await using var agent = new EventDrivenAgent(new() { Lanes = 2, Emit = static (_, _) => throw new IOException("nobody listens") }).On<Opened>(static (_, _, _) => new((object?)null)).Start();
        await agent.PublishAsync(new Opened("a", 0), Ct);
        await Assert.ThrowsAsync<IOException>(() => agent.Completion);
        await Assert.ThrowsAsync<EventAgentStoppedException>(() => agent.PublishAsync(new Opened("a", 1), Ct).AsTask());
        Assert.Empty(await agent.StopAsync(Ct)); // The one that failed to be told was handled.
    }

    [Fact]
    public void Handlers_are_registered_once_and_before_the_start()
    {
        var agent = new EventDrivenAgent().On<Closed>(static (_, _, _) => new((object?)null));
        Assert.Throws<InvalidOperationException>(() => agent.On<Closed>(static (_, _, _) => new((object?)null)));
        agent.Start();
        Assert.Throws<InvalidOperationException>(() => agent.On<Opened>(static (_, _, _) => new((object?)null)));
        Assert.Throws<InvalidOperationException>(() => agent.Start());
    }

    private EventDrivenOptions Options(int lanes = 4, int capacity = 256) => new()
    {
        Lanes = lanes,
        Capacity = capacity,
        Emit = (outcome, _) =>
        {
            _outcomes.Enqueue(outcome);
            return default;
        },
    };

    private sealed record Opened(string Door, int Number);

    private sealed record Closed(string Door);

    private abstract record Animal;

    private sealed record Cat : Animal;
}
