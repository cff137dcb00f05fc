using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization;
using AgentFlow.Testing;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI.Tests.Reactive;

/// <summary>Events are accepted once, handled in order by key, and none is lost, whatever happens to sessions, workers and handlers.</summary>
public sealed partial class DurableEventTests : IAsyncDisposable
{
    private readonly MemorySessionStore _store = new();
    private readonly ConcurrentQueue<string> _handled = new();
    private readonly List<AgentRuntime> _runtimes = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        foreach (var runtime in _runtimes)
        {
            await runtime.DisposeAsync();
        }
    }

    [Fact(Timeout = 300_000)]
    public async Task Each_type_has_its_handler_and_what_came_of_it_is_recorded()
    {
        var agent = Agent()
            .On("paid", Json.Default.Paid, Json.Default.String, static (e, context, _) => new($"{e.Cents} by {context.Id}"), static e => e.Account)
            .On("lost", Json.Default.Lost, static (_, _, _) => throw new IOException("stuck"));
        await agent.StartAsync(Ct);
        Assert.True(await agent.PublishAsync(new Paid("a", 7), "p1", Ct));
        Assert.True(await agent.PublishAsync(new Lost("x"), "l1", Ct));
        var outcomes = (await OutcomesAsync(agent, 2)).OrderBy(static o => o.Type).ToArray();
        Assert.Equal(new DurableEventOutcome("l1", "lost", null, DurableEventStatus.Failed) { Error = new("System.IO.IOException", "stuck"), Attempts = 1 }, outcomes[0]);
        Assert.Equal(("p1", "paid", "a", DurableEventStatus.Handled, "7 by p1", 1), (outcomes[1].Id, outcomes[1].Type, outcomes[1].Key, outcomes[1].Status, outcomes[1].Response!.Value.GetString(), outcomes[1].Attempts));
        Assert.Contains("Nobody handles events", (await Assert.ThrowsAsync<NoEventHandlerException>(() => agent.PublishAsync("text", cancellationToken: Ct).AsTask())).Message, StringComparison.Ordinal);
    }

    [Theory(Timeout = 300_000), InlineData(1_000), InlineData(3), InlineData(1)]
    public async Task Events_of_a_key_keep_their_order_also_where_sessions_change(int eventsPerSession)
    {
        var agent = Noting(options: new() { Lanes = 3, EventsPerSession = eventsPerSession });
        await agent.StartAsync(Ct);
        await Task.WhenAll(Enumerable.Range(0, 5).Select(async account =>
        {
            for (var i = 0; i < 20; i++)
            {
                await agent.PublishAsync(new Paid($"k{account}", i), $"{account}-{i}", Ct);
            }
        }));
        var outcomes = await OutcomesAsync(agent, 100, static o => o.Status != DurableEventStatus.Duplicate);
        Assert.All(outcomes, static o => Assert.Equal(DurableEventStatus.Handled, o.Status));
        AssertInOrder(5, 20);
    }

    [Fact(Timeout = 300_000)]
    public async Task Ten_thousand_events_are_handled_in_sessions_of_bounded_length()
    {
        var agent = Noting(options: new() { Lanes = 4, EventsPerSession = 500 });
        await agent.StartAsync(Ct);
        var reading = OutcomesAsync(agent, 10_000, static o => o.Status != DurableEventStatus.Duplicate);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(account => Task.Run(async () =>
        {
            for (var i = 0; i < 500; i++)
            {
                await agent.PublishAsync(new Paid($"k{account}", i), $"{account}-{i}", Ct);
            }
        })));
        await reading;
        AssertInOrder(20, 500);
        var sessions = await _store.ListAsync(new() { Limit = 1_000 }, Ct);
        Assert.InRange(sessions.Count, 20, 60);
        foreach (var session in sessions)
        {
            // What comes to one while its successor is opened is all that it may have more.
            Assert.InRange((await JournalAsync(session.Id)).Count(static record => record is { Action: "Handle", Kind: JournalKind.Completed }), 0, 500 + 20 + 1);
        }
    }

    [Fact(Timeout = 300_000)]
    public async Task An_id_is_handled_once_also_if_it_comes_again_when_its_session_is_over()
    {
        var agent = Noting(options: new() { Lanes = 1, EventsPerSession = 4 });
        await agent.StartAsync(Ct);
        Assert.True(await agent.PublishAsync(new Paid("a", 0), "0", Ct));
        Assert.False(await agent.PublishAsync(new Paid("a", 0), "0", Ct));
        for (var i = 1; i < 6; i++)
        {
            await agent.PublishAsync(new Paid("a", i), $"{i}", Ct);
        }

        // Its session is full by now; the next one remembers it.
        Assert.True(await agent.PublishAsync(new Paid("a", 1), "1", Ct));
        await agent.PublishAsync(new Paid("a", 6), "6", Ct);
        var outcomes = await OutcomesAsync(agent, 7, static o => o.Status == DurableEventStatus.Handled);
        Assert.Equal(["0", "1", "2", "3", "4", "5", "6"], outcomes.Select(static o => o.Id));
        AssertInOrder(1, 7);
    }

    [Fact(Timeout = 300_000)]
    public async Task Of_the_ids_of_many_short_sessions_the_last_are_remembered()
    {
        var agent = Noting(options: new() { Lanes = 1, EventsPerSession = 4 });
        await agent.StartAsync(Ct);
        for (var i = 0; i < 12; i++)
        {
            // What comes again takes places too: one event in each session.
            for (var time = 0; time < 4; time++)
            {
                await agent.PublishAsync(new Paid("a", i), $"{i}", Ct);
            }
        }

        for (var i = 8; i < 12; i++)
        {
            await agent.PublishAsync(new Paid("a", i), $"{i}", Ct);
        }

        var outcomes = await OutcomesAsync(agent, 15);
        Assert.Equal(12, outcomes.Count(static o => o.Status == DurableEventStatus.Handled));
        Assert.Equal(["8", "9", "10"], outcomes.Where(static o => o.Status == DurableEventStatus.Duplicate).Select(static o => o.Id).Take(3));
        AssertInOrder(1, 12);
    }

    [Fact(Timeout = 300_000)]
    public async Task What_is_no_event_or_nobody_handles_does_not_stop_the_lane()
    {
        var runtime = Runtime();
        var older = Agent(runtime, new() { Lanes = 1 }).On("lost", Json.Default.Lost, static (_, _, _) => default).On("paid", Json.Default.Paid, static (_, _, _) => default);
        await older.StartAsync(Ct);
        await older.PublishAsync(new Lost("first"), "0", Ct);
        await OutcomesAsync(older, 1);
        await older.StopAsync();
        // The first three are no events: they are refused where they are delivered, and have no outcome.
        foreach (var json in (string[])["5", "{}", """{"Id":7,"Type":[]}""", """{"Id":"1","Type":"paid","Key":null,"Body":{"Account":"a","Cents":"many"}}""", """{"Id":"2","Type":"paid","Key":null,"Body":null}""", """{"Id":"3","Type":"lost","Key":null,"Body":{"What":"x"}}"""])
        {
            await runtime.SignalAsync("orders/0of1/00000001", "Next", JsonElement.Parse(json), cancellationToken: Ct);
        }

        var agent = Noting(runtime, new() { Lanes = 1 });
        await agent.StartAsync(Ct);
        await agent.PublishAsync(new Paid("a", 0), "4", Ct);
        var outcomes = await OutcomesAsync(agent, 5);
        Assert.Equal(
            ["Handled", "InvalidBody", "InvalidBody", "UnknownType", "Handled"],
            outcomes.Select(static o => o.Status.ToString()));
        Assert.All(outcomes.Where(static o => o.Status != DurableEventStatus.Handled), static o => Assert.NotEmpty(o.Error!.Message));
        Assert.Equal(["a 0"], _handled);
    }

    [Fact(Timeout = 300_000)]
    public async Task A_handler_that_fails_is_tried_as_often_as_allowed_with_growing_pauses()
    {
        var clock = new ManualTimeProvider();
        var tried = new ConcurrentQueue<(int Attempt, TimeSpan At)>();
        var start = clock.GetTimestamp();

        // The clock that is pushed may jump past a short lease, and then the session is given up as it must be.
        var agent = Agent(Runtime(clock: clock, lease: TimeSpan.FromDays(1)), new() { Lanes = 1 }).On(
            "paid",
            Json.Default.Paid,
            (e, context, _) =>
            {
                tried.Enqueue((context.Attempt, clock.GetElapsedTime(start)));
                return context.Attempt < e.Cents ? throw new IOException("busy") : default;
            },
            options: new() { Attempts = 3, RetryDelay = TimeSpan.FromSeconds(10) });
        await agent.StartAsync(Ct);
        await agent.PublishAsync(new Paid("a", 3), "ok", Ct);
        await agent.PublishAsync(new Paid("a", 4), "not", Ct);
        var outcomes = await WithTimeAsync(clock, OutcomesAsync(agent, 2));
        Assert.Equal([("ok", DurableEventStatus.Handled, 3), ("not", DurableEventStatus.Failed, 3)], outcomes.Select(static o => (o.Id, o.Status, o.Attempts)));
        Assert.Equal([1, 2, 3, 1, 2, 3], tried.Select(static t => t.Attempt));
        var times = tried.Select(static t => t.At).ToArray();

        // The clock goes on while a handler is on its way: it is never called too early.
        Assert.All([(0, 10), (1, 20), (3, 10), (4, 20)], pause => Assert.True((times[pause.Item1 + 1] - times[pause.Item1]).TotalSeconds >= pause.Item2));
    }

    [Fact(Timeout = 300_000)]
    public async Task A_handler_that_takes_too_long_is_told_so_and_the_lane_goes_on()
    {
        var clock = new ManualTimeProvider();
        var agent = Agent(Runtime(clock: clock), new() { Lanes = 1 })
            .On("lost", Json.Default.Lost, static async (_, _, token) => await Task.Delay(Timeout.InfiniteTimeSpan, token), options: new() { Timeout = TimeSpan.FromSeconds(5) })
            .On("paid", Json.Default.Paid, static (_, _, _) => default);
        await agent.StartAsync(Ct);
        await agent.PublishAsync(new Lost("x"), "slow", Ct);
        await agent.PublishAsync(new Paid("a", 1), "next", Ct);
        var outcomes = await WithTimeAsync(clock, OutcomesAsync(agent, 2));
        Assert.Equal(["slow TimedOut", "next Handled"], outcomes.OrderBy(static o => o.Status == DurableEventStatus.Handled).Select(static o => $"{o.Id} {o.Status}"));
        Assert.Equal(typeof(TimeoutException).FullName, outcomes.Single(static o => o.Id == "slow").Error!.Type);
    }

    [Fact(Timeout = 300_000)]
    public async Task A_response_that_cannot_be_recorded_is_the_handlers_failure()
    {
        var agent = Agent(options: new() { Lanes = 1 }).On("paid", Json.Default.Paid, Json.Default.String, static (e, _, _) => new(new string('x', e.Cents)));
        await agent.StartAsync(Ct);
        await agent.PublishAsync(new Paid("a", 3 << 20), "large", Ct);
        await agent.PublishAsync(new Paid("a", 3), "small", Ct);
        var outcomes = (await OutcomesAsync(agent, 2)).ToDictionary(static o => o.Id);
        Assert.Equal((DurableEventStatus.Failed, DurableEventStatus.Handled), (outcomes["large"].Status, outcomes["small"].Status));
        Assert.Equal(typeof(PayloadTooLargeException).FullName, outcomes["large"].Error!.Type);
        await Assert.ThrowsAsync<PayloadTooLargeException>(() => agent.PublishAsync(new Paid(new string('x', 3 << 20), 1), "huge", Ct).AsTask());
    }

    [Fact(Timeout = 300_000)]
    public async Task Stopping_lets_handlers_end_and_another_runtime_handles_the_rest()
    {
        var began = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        var first = Agent(Runtime(), new() { Lanes = 1 }).On("paid", Json.Default.Paid, async (e, _, _) =>
        {
            began.TrySetResult();
            await release.Task;
            _handled.Enqueue($"{e.Account} {e.Cents}");
        });
        await first.StartAsync(Ct);
        for (var i = 0; i < 5; i++)
        {
            await first.PublishAsync(new Paid("a", i), $"{i}", Ct);
        }

        await began.Task;
        var stopping = first.StopAsync();
        Assert.False(stopping.IsCompleted);
        await Assert.ThrowsAsync<EventAgentStoppedException>(() => first.PublishAsync(new Paid("a", 9), "9", Ct).AsTask());
        release.SetResult();
        await stopping;
        var handled = _handled.Count;
        Assert.InRange(handled, 1, 2);
        var second = Noting(Runtime(), new() { Lanes = 1 });
        await second.StartAsync(Ct);
        Assert.Equal(5, (await OutcomesAsync(second, 5)).Count);
        Assert.Equal(5, _handled.Count);
        Assert.Equal(["0", "1", "2", "3", "4"], _handled.Select(static note => note.Split(' ')[1]).Order());
    }

    [Theory(Timeout = 300_000), InlineData(false), InlineData(true)]
    public async Task When_a_worker_falls_silent_another_takes_over_with_the_same_key_or_says_that_it_is_in_doubt(bool isAtMostOnce)
    {
        var storeClock = new ManualTimeProvider();
        await using var store = new MemorySessionStore(storeClock);
        var keys = new ConcurrentQueue<string>();
        var began = new TaskCompletionSource();
        var stuck = new TaskCompletionSource();

        // Its own clock stands still, so that it believes in its lease.
        var first = Agent(Runtime(store, new ManualTimeProvider()), new() { Lanes = 1 }).On("paid", Json.Default.Paid, async (_, context, _) =>
        {
            keys.Enqueue($"{context.Id} {context.Action.IdempotencyKey}");
            began.TrySetResult();
            await stuck.Task;
        }, options: new() { IsAtMostOnce = isAtMostOnce });
        await first.StartAsync(Ct);
        await first.PublishAsync(new Paid("a", 0), "0", Ct);
        await first.PublishAsync(new Paid("a", 1), "1", Ct);
        await began.Task;
        storeClock.Advance(TimeSpan.FromSeconds(6));
        var second = Agent(Runtime(store), new() { Lanes = 1 }).On("paid", Json.Default.Paid, (_, context, _) =>
        {
            keys.Enqueue($"{context.Id} {context.Action.IdempotencyKey}");
            return default;
        }, options: new() { IsAtMostOnce = isAtMostOnce });
        await second.StartAsync(Ct);
        var outcomes = await OutcomesAsync(second, 2);
        Assert.Equal([isAtMostOnce ? "0 InDoubt" : "0 Handled", "1 Handled"], outcomes.Select(static o => $"{o.Id} {o.Status}"));
        Assert.Equal(isAtMostOnce ? 2 : 3, keys.Count);
        Assert.Equal(isAtMostOnce ? 1 : 2, keys.Count(static key => key.StartsWith("0 ", StringComparison.Ordinal)));
        Assert.Equal(2, keys.Distinct().Count());
        stuck.SetResult();
        await first.StopAsync();

        // What the first one had to say came too late.
        Assert.Equal(2, (await JournalAsync("orders/0of1/00000001", store)).Count(static record => record is { Action: "Handle", Kind: JournalKind.Completed }));
        Assert.DoesNotContain(await store.ListAsync(new(), Ct), static session => session.State == SessionState.Uncertain);
    }

    [Fact(Timeout = 300_000)]
    public async Task A_handler_publishes_what_follows_once_however_often_it_is_tried()
    {
        var agent = Noting(options: new() { Lanes = 2 }).On("lost", Json.Default.Lost, static async (e, context, token) =>
        {
            await context.PublishAsync(new Paid("a", 0), cancellationToken: token);
            await context.PublishAsync(new Paid("a", 1), cancellationToken: token);
            if (context.Attempt < 3)
            {
                throw new IOException("again");
            }
        }, options: new() { Attempts = 3, RetryDelay = TimeSpan.Zero });
        await agent.StartAsync(Ct);
        await agent.PublishAsync(new Lost("x"), cancellationToken: Ct);
        Assert.Equal(3, (await OutcomesAsync(agent, 3)).Count);
        await agent.PublishAsync(new Paid("a", 2), cancellationToken: Ct);
        await OutcomesAsync(agent, 4);
        AssertInOrder(1, 3);
    }

    [Fact(Timeout = 300_000)]
    public async Task Thoughts_and_tokens_of_handlers_are_seen_as_they_come()
    {
        var model = new ScriptedChatClient("Nobody reads this.", ScriptedReply.Streamed("You ", "get ", "it."));
        var reads = new TaskCompletionSource();
        var agent = Agent(options: new() { Lanes = 3 }).On("paid", Json.Default.Paid, Json.Default.String, async (e, context, token) =>
        {
            // What is not recorded is told only to those who read already, and lost to those who have too much to read.
            while (e.Cents == 1 && !reads.Task.IsCompleted)
            {
                await context.Action.EmitThoughtAsync("Are you there?");
                await Task.WhenAny(reads.Task, Task.Delay(20, token));
                token.ThrowIfCancellationRequested();
            }

            if (e.Cents == 1 && context.Attempt == 1)
            {
                throw new IOException("not yet");
            }

            await context.Action.EmitThoughtAsync("They want it back.");
            return (await context.Action.AskAsync(model, [new(ChatRole.User, e.Account)], cancellationToken: token)).Text;
        }, static e => e.Account, new() { Attempts = 2, RetryDelay = TimeSpan.Zero });
        await agent.StartAsync(Ct);
        await agent.PublishAsync(new Paid("a", 0), "0", Ct); // Opens the lane; its handler may be done before anybody reads.
        await OutcomesAsync(agent, 1);
        var said = new List<string>();
        var published = false;
        await foreach (var e in agent.ReadEventsAsync(agent.LaneOf("a"), Ct))
        {
            if (e is { Kind: AgentEventKind.Thought, Message: "Are you there?" })
            {
                reads.TrySetResult();
            }
            else if (e.Kind is AgentEventKind.Thought or AgentEventKind.LlmToken)
            {
                said.Add(e.Message!);
            }
            else if (e is { Kind: AgentEventKind.Custom, Name: "failure" } && e.TryGetValue<Exception>(out var failure))
            {
                said.Add(Assert.IsType<IOException>(failure).Message);
            }
            else if (e is { Kind: AgentEventKind.ActionCompleted, Action: "Handle" })
            {
                if (published)
                {
                    break;
                }

                published = true;
                await agent.PublishAsync(new Paid("a", 1), "1", Ct);
            }
        }

        Assert.Equal(["not yet", "They want it back.", "You ", "get ", "it."], said);
    }

    [Fact(Timeout = 300_000)]
    public async Task An_event_is_handled_once_though_its_publisher_is_held_up_for_several_sessions()
    {
        var store = new HoldingSignals(_store, "event:slow");
        var slow = Noting(Runtime(store), new() { Lanes = 1, EventsPerSession = 2 });
        var quick = Noting(options: new() { Lanes = 1, EventsPerSession = 2 });
        await slow.StartAsync(Ct);
        await quick.StartAsync(Ct);
        var publishing = slow.PublishAsync(new Paid("a", 0), "slow", Ct).AsTask();
        await store.Held.Task.WaitAsync(Ct);
        for (var i = 1; i < 12; i++)
        {
            await quick.PublishAsync(new Paid("a", i), $"{i}", Ct);
        }

        await OutcomesAsync(quick, 12, static o => o.Status == DurableEventStatus.Handled);
        store.Go.SetResult();
        await publishing;
        await quick.PublishAsync(new Paid("a", 12), "12", Ct);
        await OutcomesAsync(quick, 13, static o => o.Id == "12" || o.Status == DurableEventStatus.Handled);
        AssertInOrder(1, 13);
    }

    [Fact(Timeout = 300_000)]
    public async Task Sessions_that_are_over_can_be_deleted_at_any_time()
    {
        var runtime = Runtime();
        var agent = Noting(runtime, new() { Lanes = 1, EventsPerSession = 2 });
        await agent.StartAsync(Ct);
        var deleted = 0;
        for (var i = 0; i < 20; i++)
        {
            await agent.PublishAsync(new Paid("a", i), $"{i}", Ct);
            deleted += await runtime.RetainAsync(TimeSpan.Zero, Ct);
        }

        // One that knows nothing of those before.
        var second = Noting(Runtime(), new() { Lanes = 1, EventsPerSession = 2 });
        await second.StartAsync(Ct);
        for (var i = 20; i < 30; i++)
        {
            await second.PublishAsync(new Paid("a", i), $"{i}", Ct);
        }

        // The first session is over at the latest when all is handled.
        while (_handled.Count < 30 || (await _store.ListAsync(new(), Ct)).Any(static session => session.Id.EndsWith("/00000001", StringComparison.Ordinal)))
        {
            deleted += await runtime.RetainAsync(TimeSpan.Zero, Ct);
            await Task.Yield();
            Ct.ThrowIfCancellationRequested();
        }

        AssertInOrder(1, 30);
        Assert.True(deleted > 0);
    }

    [Theory(Timeout = 300_000), InlineData(1), InlineData(3)]
    public async Task What_processes_publish_one_after_the_other_is_handled_in_that_order(int eventsPerSession)
    {
        var agents = Enumerable.Range(0, 3).Select(_ => Noting(Runtime(), new() { Lanes = 1, EventsPerSession = eventsPerSession })).ToArray();
        foreach (var agent in agents)
        {
            await agent.StartAsync(Ct);
        }

        var random = new Random(7);
        for (var i = 0; i < 100; i++)
        {
            await agents[random.Next(3)].PublishAsync(new Paid("a", i), $"{i}", Ct);
        }

        var outcomes = await OutcomesAsync(agents[0], 100, static o => o.Status != DurableEventStatus.Duplicate);
        Assert.Equal(Enumerable.Range(0, 100).Select(static i => $"{i}"), outcomes.Select(static o => o.Id));
        AssertInOrder(1, 100);
    }

    [Fact(Timeout = 300_000)]
    public async Task Sessions_have_successors_also_where_no_process_publishes_enough_to_fill_one()
    {
        var agents = Enumerable.Range(0, 3).Select(_ => Noting(Runtime(), new() { Lanes = 1, EventsPerSession = 10 })).ToArray();
        for (var i = 0; i < 24; i++)
        {
            if (i % 8 == 0)
            {
                await agents[i / 8].StartAsync(Ct);
            }

            await agents[i / 8].PublishAsync(new Paid("a", i), $"{i}", Ct);
            await OutcomesAsync(agents[i / 8], i + 1, static o => o.Status != DurableEventStatus.Duplicate);
        }

        AssertInOrder(1, 24);
        Assert.Equal(3, (await _store.ListAsync(new(), Ct)).Count);
    }

    [Fact(Timeout = 300_000)]
    public async Task A_lane_goes_on_without_a_session_that_somebody_has_deleted()
    {
        var began = new TaskCompletionSource();
        await using (var runtime = new AgentRuntime(_store, new() { ShutdownGrace = TimeSpan.Zero }))
        {
            var first = Agent(runtime, new() { Lanes = 1, EventsPerSession = 1 }).On("paid", Json.Default.Paid, async (_, _, token) =>
            {
                began.TrySetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, token);
            });
            await first.StartAsync(Ct);
            await first.PublishAsync(new Paid("a", 0), "0", Ct);
            await began.Task;
            await first.PublishAsync(new Paid("a", 1), "1", Ct);
        }

        Assert.Equal(["orders/0of1/00000001", "orders/0of1/00000002"], (await _store.ListAsync(new(), Ct)).Select(static session => session.Id));
        await _store.DeleteAsync("orders/0of1/00000001", Ct);
        var second = Noting(options: new() { Lanes = 1, EventsPerSession = 1 });
        await second.StartAsync(Ct);
        Assert.Equal("1", (await OutcomesAsync(second, 1))[0].Id);
        Assert.Equal(["a 1"], _handled);
    }

    [Fact(Timeout = 300_000)]
    public async Task A_lane_that_somebody_has_cancelled_refuses_events_until_it_is_redriven_or_deleted()
    {
        var runtime = Runtime();
        var agent = Noting(runtime, new() { Lanes = 1 });
        await agent.StartAsync(Ct);
        await agent.PublishAsync(new Paid("a", 0), "0", Ct);
        await OutcomesAsync(agent, 1);
        await agent.StopAsync();
        await using (var person = new AgentRuntime(_store))
        {
            await person.CancelAsync("orders/0of1/00000001", Ct);
        }

        await agent.StartAsync(Ct);
        while ((await _store.FindAsync("orders/0of1/00000001", Ct))!.State != SessionState.Cancelled)
        {
            await Task.Yield();
            Ct.ThrowIfCancellationRequested();
        }

        var e = await Assert.ThrowsAsync<EventLaneEndedException>(() => agent.PublishAsync(new Paid("a", 1), "1", Ct).AsTask());
        Assert.Equal(("orders/0of1/00000001", SessionState.Cancelled), (e.Session, e.State));
        await agent.RedriveAsync(e.Session, Ct);
        await agent.PublishAsync(new Paid("a", 1), "1", Ct);
        while (_handled.Count < 2)
        {
            await Task.Yield();
            Ct.ThrowIfCancellationRequested();
        }

        AssertInOrder(1, 2);
    }

    [Fact(Timeout = 300_000)]
    public async Task The_number_of_lanes_may_change_only_while_no_event_waits()
    {
        var first = Noting(options: new() { Lanes = 2 });
        await first.StartAsync(Ct);
        await first.PublishAsync(new Paid("a", 0), "0", Ct);
        await OutcomesAsync(first, 1);
        await first.StopAsync();
        await Runtime().SignalAsync((await _store.ListAsync(new(), Ct))[0].Id, "Next", JsonElement.Parse("""{"Id":"1","Type":"paid","Key":"a","Body":{"Account":"a","Cents":1}}"""), cancellationToken: Ct);
        var other = Noting(options: new() { Lanes = 3 });
        Assert.Contains("out of order", (await Assert.ThrowsAsync<InvalidOperationException>(() => other.StartAsync(Ct).AsTask())).Message, StringComparison.Ordinal);
        await first.StartAsync(Ct);
        await OutcomesAsync(first, 2);
        await first.StopAsync();
        while ((await _store.ListAsync(new(), Ct))[0].State != SessionState.Suspended)
        {
            await first.StartAsync(Ct);
            await Task.Yield();
            await first.StopAsync();
        }

        await other.StartAsync(Ct);
        await other.PublishAsync(new Paid("a", 2), "2", Ct);
        await OutcomesAsync(other, 1);
        AssertInOrder(1, 3);
    }

    [Fact]
    public async Task What_cannot_be_is_refused()
    {
        var runtime = Runtime();
        foreach (var name in (string[])["", "a/b", "ä", "a b", new string('x', 65)])
        {
            Assert.Throws<ArgumentException>(() => new DurableEventAgent(runtime, name));
            Assert.Throws<ArgumentException>(() => Agent(runtime).On(name, Json.Default.Lost, static (_, _, _) => default));
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => new DurableEventOptions { Lanes = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new DurableEventOptions { Lanes = 257 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new DurableEventOptions { EventsPerSession = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new DurableEventOptions { EventsPerSession = 5_001 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new DurableEventHandlerOptions { Attempts = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new DurableEventHandlerOptions { Timeout = TimeSpan.Zero });
        Assert.Throws<ArgumentOutOfRangeException>(() => new DurableEventHandlerOptions { RetryDelay = TimeSpan.FromSeconds(-1) });
        Assert.Throws<ArgumentException>(() => Agent(runtime).On("lost", Json.Default.Lost, static (_, _, _) => default, options: new() { Attempts = 2, IsAtMostOnce = true }));
        var agent = Agent(runtime).On("lost", Json.Default.Lost, static (_, _, _) => default);
        Assert.Throws<InvalidOperationException>(() => agent.On("lost", Json.Default.Paid, static (_, _, _) => default));
        Assert.Throws<InvalidOperationException>(() => agent.On("other", Json.Default.Lost, static (_, _, _) => default));
        await Assert.ThrowsAsync<EventAgentStoppedException>(() => agent.PublishAsync(new Lost("x"), cancellationToken: Ct).AsTask());
        await agent.StartAsync(Ct);
        await Assert.ThrowsAsync<InvalidOperationException>(() => agent.StartAsync(Ct).AsTask());
        Assert.Throws<InvalidOperationException>(() => agent.On("paid", Json.Default.Paid, static (_, _, _) => default));
        await Assert.ThrowsAsync<ArgumentException>(() => agent.PublishAsync(new Lost("x"), "", Ct).AsTask());
        await Assert.ThrowsAsync<ArgumentException>(() => agent.PublishAsync(new Lost("x"), new string('x', 201), Ct).AsTask());
        Assert.Throws<ArgumentOutOfRangeException>(() => agent.ReadEventsAsync(2, Ct));
        await Assert.ThrowsAsync<PayloadTooLargeException>(() => agent.PublishAsync(new Lost(new string('x', (2 << 20) - 500)), cancellationToken: Ct).AsTask());
        await agent.StopAsync();
        await agent.DisposeAsync();
        await agent.DisposeAsync();
    }

    /// <summary>Lets time pass, a second at once, until something is done.</summary>
    private static async Task<T> WithTimeAsync<T>(ManualTimeProvider clock, Task<T> task)
    {
        while (!task.IsCompleted)
        {
            Ct.ThrowIfCancellationRequested();
            await Task.WhenAny(clock.WhenArmed(), task);
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(1, Ct); // The agent's loop runs on a thread of its own, and must not be outrun.
        }

        return await task;
    }

    private async Task<List<JournalRecord>> JournalAsync(string id, ISessionStore? store = null)
    {
        var records = new List<JournalRecord>();
        await foreach (var record in (store ?? _store).ReadAsync(id, 0, Ct))
        {
            records.Add(record);
        }

        return records;
    }

    private void AssertInOrder(int keys, int each)
    {
        Assert.Equal(keys * each, _handled.Count);
        var byKey = _handled.GroupBy(static note => note.Split(' ')[0]).ToDictionary(static g => g.Key, static g => g.Select(static note => int.Parse(note.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Equal(keys, byKey.Count);
        Assert.All(byKey.Values, numbers => Assert.Equal(Enumerable.Range(0, each), numbers));
    }

    private AgentRuntime Runtime(ISessionStore? store = null, TimeProvider? clock = null, TimeSpan? lease = null)
    {
        var runtime = new AgentRuntime(store ?? _store, new() { PollInterval = TimeSpan.FromMilliseconds(20), Lease = lease ?? TimeSpan.FromSeconds(5), Run = new() { TimeProvider = clock ?? TimeProvider.System } });
        _runtimes.Add(runtime);
        return runtime;
    }

    private DurableEventAgent Agent(AgentRuntime? runtime = null, DurableEventOptions? options = null) => new(runtime ?? Runtime(), "orders", options ?? new() { Lanes = 2 });

    private DurableEventAgent Noting(AgentRuntime? runtime = null, DurableEventOptions? options = null) => Agent(runtime, options).On("paid", Json.Default.Paid, async (e, _, _) =>
    {
        await Task.Yield();
        _handled.Enqueue($"{e.Account} {e.Cents}");
    }, static e => e.Account);

    private static async Task<List<DurableEventOutcome>> OutcomesAsync(DurableEventAgent agent, int count, Func<DurableEventOutcome, bool>? counts = null)
    {
        var outcomes = new List<DurableEventOutcome>();
        await foreach (var outcome in agent.ReadOutcomesAsync(Ct))
        {
            if (counts?.Invoke(outcome) ?? true)
            {
                outcomes.Add(outcome);
                if (outcomes.Count == count)
                {
                    break;
                }
            }
        }

        return outcomes;
    }

    /// <summary>A store that signals, and does not say so before it is told to.</summary>
    private sealed class HoldingSignals(ISessionStore inner, string key) : AgentFlow.Crash.ForwardingStore(inner)
    {
        public TaskCompletionSource Held { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Go { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override async ValueTask<bool> SignalAsync(SignalRecord signal, CancellationToken cancellationToken = default)
        {
            var isNew = await base.SignalAsync(signal, cancellationToken);
            if (signal.Key == key && Held.TrySetResult())
            {
                await Go.Task.WaitAsync(cancellationToken);
            }

            return isNew;
        }
    }

    internal sealed record Paid(string Account, int Cents);

    internal sealed record Lost(string What);

    [JsonSerializable(typeof(Paid))]
    [JsonSerializable(typeof(Lost))]
    [JsonSerializable(typeof(string))]
    internal sealed partial class Json : JsonSerializerContext;
}
