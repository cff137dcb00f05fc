using System.Collections.Concurrent;
using AgentFlow.Crash;

namespace AgentFlow.Tests.Regressions;

/// <summary>
/// When a for-each with a compensation failed, or its run was cancelled or timed out while it was under way, what its elements had done by then was
/// never undone.
/// </summary>
public sealed class ElementsOfAFailedForEachStoodTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_run_that_fails_undoes_the_elements_that_have_completed()
    {
        var hotel = new Hotel { Body = Bodies.FailsAt(2) };
        await Assert.ThrowsAsync<ActionFailedException>(() => hotel.RunAsync(4, Ct).AsTask());
        Assert.Equal(["unbook 0,1", "unpick 4"], hotel.Undone);
    }

    [Fact]
    public async Task A_run_that_is_cancelled_undoes_them()
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var hotel = new Hotel { Body = Bodies.WaitsAt(2, cancel.Cancel) };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => hotel.RunAsync(4, cancel.Token).AsTask().WaitAsync(Patience, Ct));
        Assert.Equal(["unbook 0,1", "unpick 4"], hotel.Undone);
    }

    [Fact]
    public async Task A_run_whose_time_is_up_undoes_them()
    {
        var clock = new ManualTimeProvider();
        var hotel = new HurriedHotel { Body = Bodies.WaitsAt(2, () => clock.Advance(TimeSpan.FromMinutes(1))) };
        await Assert.ThrowsAsync<TimeoutException>(() => hotel.RunAsync(4, new RunOptions { TimeProvider = clock }, Ct).AsTask().WaitAsync(Patience, Ct));
        Assert.Equal(["unbook 0,1"], hotel.Undone);
    }

    [Fact]
    public async Task Nothing_is_undone_if_no_element_has_completed()
    {
        var hotel = new Hotel { Body = Bodies.FailsAt(0) };
        await Assert.ThrowsAsync<ActionFailedException>(() => hotel.RunAsync(4, Ct).AsTask());
        Assert.Equal(["unpick 4"], hotel.Undone);
    }

    [Fact]
    public async Task A_run_undoes_nothing_of_the_run_before()
    {
        // Runs are pooled.
        var hotel = new Hotel { Body = Bodies.FailsAt(2) };
        await Assert.ThrowsAsync<ActionFailedException>(() => hotel.RunAsync(4, Ct).AsTask());
        hotel.Undone.Clear();
        hotel.Body = static (_, _) => default;
        Assert.Equal(3, await hotel.RunAsync(3, Ct));
        hotel.Body = Bodies.FailsAt(0);
        await Assert.ThrowsAsync<ActionFailedException>(() => hotel.RunAsync(2, Ct).AsTask());
        Assert.Equal(["unpick 2"], hotel.Undone);
    }

    [Fact]
    public async Task What_completes_beside_the_one_that_fails_is_undone_too()
    {
        var failed = new TaskCompletionSource();
        var hotel = new WideHotel
        {
            Body = async (room, cancellationToken) =>
            {
                if (room == 1)
                {
                    throw new InvalidOperationException("no room");
                }

                if (room == 2)
                {
                    // Goes on to its end though it is no longer wanted.
                    cancellationToken.Register(() => failed.TrySetResult());
                    await failed.Task.WaitAsync(Patience, CancellationToken.None);
                }
            },
        };
        await Assert.ThrowsAsync<ActionFailedException>(() => hotel.RunAsync(3, Ct).AsTask());
        Assert.Equal(["unbook 0,2"], hotel.Undone);
    }

    [Fact]
    public async Task What_was_left_out_is_not_undone()
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var hotel = new LenientHotel { Body = (room, token) => room == 1 ? throw new InvalidOperationException("no room") : Bodies.WaitsAt(3, cancel.Cancel)(room, token) };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => hotel.RunAsync(4, cancel.Token).AsTask().WaitAsync(Patience, Ct));
        Assert.Equal(["unbook 0,2"], hotel.Undone);
    }

    [Fact]
    public async Task A_search_that_fails_undoes_what_it_has_looked_at()
    {
        var hotel = new SeekingHotel { Body = Bodies.FailsAt(2) };
        await Assert.ThrowsAsync<ActionFailedException>(() => hotel.RunAsync(5, Ct).AsTask());
        Assert.Equal(["unbook 0,1"], hotel.Undone);

        hotel.Undone.Clear();
        hotel.Body = static (_, _) => default;
        await hotel.RunAsync(5, Ct);
        Assert.Empty(hotel.Undone);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_an_optional_one_has_done_is_undone_with_the_run_and_not_before(bool fails)
    {
        var hotel = new OptionalHotel { Body = Bodies.FailsAt(2), Fails = fails };
        if (fails)
        {
            await Assert.ThrowsAsync<ActionFailedException>(() => hotel.RunAsync(4, Ct).AsTask());
            Assert.Equal(["unpick without rooms", "unbook 0,1"], hotel.Undone);
        }
        else
        {
            Assert.Equal("none", await hotel.RunAsync(4, Ct));
            Assert.Empty(hotel.Undone);
        }
    }

    [Fact]
    public async Task One_that_makes_nothing_is_undone_as_a_whole()
    {
        var hotel = new SilentHotel { Body = Bodies.FailsAt(2) };
        await Assert.ThrowsAsync<ActionFailedException>(() => hotel.RunAsync(4, Ct).AsTask());
        Assert.Equal(["unbook"], hotel.Undone);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_loop_that_goes_on_undoes_the_elements_of_every_iteration(bool inSession)
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);
        var hotel = new LoopingHotel { Body = Bodies.FailsAt(2) };
        var running = inSession ? (await runtime.StartAsync(hotel, 4, new() { Id = "s" }, Ct)).Result : hotel.RunAsync(4, Ct).AsTask();
        await Assert.ThrowsAnyAsync<Exception>(() => running.WaitAsync(Patience, Ct));
        Assert.Equal(["unbook 1:0,1:1", "unbook 2:0,2:1"], hotel.Undone.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(Durability.Step)]
    [InlineData(Durability.Deferred)]
    [InlineData(Durability.Suspend)]
    public async Task A_session_that_fails_undoes_them_and_does_them_again_when_it_is_redriven(Durability durability)
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);
        var hotel = new Hotel { Body = Bodies.FailsAt(2) };
        var session = await runtime.StartAsync(hotel, 4, new() { Id = "s", Durability = durability }, Ct);
        await Assert.ThrowsAnyAsync<ActionFailedException>(() => session.Result.WaitAsync(Patience, Ct));
        Assert.Equal(["unbook 0,1", "unpick 4"], hotel.Undone);

        await RedrivenAsync(runtime, hotel);
    }

    [Fact]
    public async Task A_session_that_is_cancelled_undoes_them_once_in_every_life()
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);
        var reached = new TaskCompletionSource();
        var hotel = new Hotel { Body = Bodies.WaitsAt(2, reached.SetResult) };
        var session = await runtime.StartAsync(hotel, 4, new() { Id = "s" }, Ct);
        await reached.Task.WaitAsync(Patience, Ct);
        await session.CancelAsync(Ct);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => session.Result.WaitAsync(Patience, Ct));
        Assert.Equal(["unbook 0,1", "unpick 4"], hotel.Undone);

        // What was cut short has no outcome of its own; all the same it is begun, and undone, anew.
        hotel.Undone.Clear();
        hotel.Body = Bodies.FailsAt(1);
        session = await runtime.RedriveAsync(hotel, "s", Ct);
        await Assert.ThrowsAnyAsync<ActionFailedException>(() => session.Result.WaitAsync(Patience, Ct));
        Assert.Equal(["unbook 0", "unpick 4"], hotel.Undone);

        await RedrivenAsync(runtime, hotel);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Whoever_takes_a_failed_session_over_undoes_them(bool isOutcomeRecorded)
    {
        await using var store = new MemorySessionStore();
        var dying = new DyingStore(store, static r => r is { Action: "Book", Item: < 0, Kind: JournalKind.Failed }, isOutcomeRecorded);
        var before = new Hotel { Body = Bodies.FailsAt(2) };
        await using (var runtime = new AgentRuntime(dying, new() { Owner = "worker" }))
        {
            await runtime.StartAsync(before, 4, new() { Id = "s" }, Ct);
            await dying.Died.WaitAsync(Patience, Ct);
        }

        Assert.Empty(before.Undone);
        await using var later = new AgentRuntime(store, new() { Owner = "worker" });
        var after = new Hotel { Body = static (_, _) => default };
        var session = await later.ResumeAsync(after, "s", Ct);
        await Assert.ThrowsAnyAsync<ActionFailedException>(() => session.Result.WaitAsync(Patience, Ct));
        Assert.Equal(["unbook 0,1", "unpick 4"], after.Undone);

        await RedrivenAsync(later, after);
    }

    [Fact]
    public async Task Whoever_takes_a_cancelled_session_over_undoes_them()
    {
        await using var store = new MemorySessionStore();
        var dying = new DyingStore(store, static r => r.Kind == JournalKind.CancelRequested, isWritten: true);
        var reached = new TaskCompletionSource();
        var before = new Hotel { Body = Bodies.WaitsAt(2, reached.SetResult) };
        await using (var runtime = new AgentRuntime(dying, new() { Owner = "worker" }))
        {
            var dead = await runtime.StartAsync(before, 4, new() { Id = "s" }, Ct);
            await reached.Task.WaitAsync(Patience, Ct);
            await Task.WhenAny(dead.CancelAsync(Ct).AsTask(), dying.Died).WaitAsync(Patience, Ct);
            await dying.Died.WaitAsync(Patience, Ct);
        }

        await using var later = new AgentRuntime(store, new() { Owner = "worker" });
        var after = new Hotel { Body = static (_, _) => default };
        var session = await later.ResumeAsync(after, "s", Ct);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => session.Result.WaitAsync(Patience, Ct));
        Assert.Equal(["unbook 0,1", "unpick 4"], after.Undone);

        await RedrivenAsync(later, after);
    }

    [Fact]
    public async Task Whoever_takes_a_session_over_undoes_what_came_after_the_elements_before_them()
    {
        await using var store = new MemorySessionStore();
        var dying = new DyingStore(store, static r => r is { Action: "Leave", Kind: JournalKind.Failed }, isWritten: true);
        var before = new RacingHotel();
        await using (var runtime = new AgentRuntime(dying, new() { Owner = "worker" }))
        {
            await runtime.StartAsync(before, 4, new() { Id = "s" }, Ct);
            await dying.Died.WaitAsync(Patience, Ct);
        }

        Assert.Empty(before.Undone);
        await using var later = new AgentRuntime(store, new() { Owner = "worker" });
        var after = new RacingHotel();
        var session = await later.ResumeAsync(after, "s", Ct);
        await Assert.ThrowsAnyAsync<ActionFailedException>(() => session.Result.WaitAsync(Patience, Ct));
        Assert.Equal(["unpay without rooms", "unbook 0,1"], after.Undone);
    }

    [Fact]
    public async Task A_for_each_that_has_lost_a_race_is_undone_with_the_run()
    {
        var hotel = new RacingHotel();
        await Assert.ThrowsAnyAsync<ActionFailedException>(() => hotel.RunAsync(4, Ct).AsTask().WaitAsync(Patience, Ct));
        Assert.Equal(["unpay without rooms", "unbook 0,1"], hotel.Undone);
    }

    [Fact]
    public async Task What_is_recorded_as_undone_is_not_undone_again()
    {
        await using var store = new MemorySessionStore();
        var dying = new DyingStore(store, static r => r is { Action: "Book", Kind: JournalKind.Compensated }, isWritten: true);
        var before = new Hotel { Body = Bodies.FailsAt(2) };
        await using (var runtime = new AgentRuntime(dying, new() { Owner = "worker" }))
        {
            await runtime.StartAsync(before, 4, new() { Id = "s" }, Ct);
            await dying.Died.WaitAsync(Patience, Ct);
        }

        Assert.Equal(["unbook 0,1"], before.Undone);
        await using var later = new AgentRuntime(store, new() { Owner = "worker" });
        var after = new Hotel { Body = static (_, _) => default };
        var session = await later.ResumeAsync(after, "s", Ct);
        await Assert.ThrowsAnyAsync<ActionFailedException>(() => session.Result.WaitAsync(Patience, Ct));
        Assert.Equal(["unpick 4"], after.Undone);
    }

    [Fact]
    public async Task Whoever_takes_a_session_over_undoes_what_completed_beside_the_one_that_failed()
    {
        await using var store = new MemorySessionStore();
        var dying = new DyingStore(store, static r => r is { Action: "Book", Item: < 0 }, isWritten: false);
        var before = new WideHotel { Body = Bodies.FailsAt(1) };
        before.Body = async (room, cancellationToken) =>
        {
            if (room == 1)
            {
                throw new InvalidOperationException("no room");
            }

            if (room == 2)
            {
                var failed = new TaskCompletionSource();
                cancellationToken.Register(() => failed.TrySetResult());
                await failed.Task.WaitAsync(Patience, CancellationToken.None);
            }
        };
        await using (var runtime = new AgentRuntime(dying, new() { Owner = "worker" }))
        {
            await runtime.StartAsync(before, 3, new() { Id = "s" }, Ct);
            await dying.Died.WaitAsync(Patience, Ct);
        }

        await using var later = new AgentRuntime(store, new() { Owner = "worker" });
        var after = new WideHotel { Body = static (_, _) => default };
        var session = await later.ResumeAsync(after, "s", Ct);
        await Assert.ThrowsAnyAsync<ActionFailedException>(() => session.Result.WaitAsync(Patience, Ct));
        Assert.Equal(["unbook 0,2"], after.Undone);
    }

    private static async Task RedrivenAsync(AgentRuntime runtime, Hotel hotel)
    {
        hotel.Undone.Clear();
        hotel.Booked.Clear();
        hotel.Body = static (_, _) => default;
        var session = await runtime.RedriveAsync(hotel, "s", Ct);
        Assert.Equal(4, await session.Result.WaitAsync(Patience, Ct));
        Assert.Equal([0, 1, 2, 3], hotel.Booked);
        Assert.Empty(hotel.Undone);
    }

    /// <summary>Dies with a write that is made, or not.</summary>
    private sealed class DyingStore(ISessionStore inner, Func<JournalRecord, bool> dies, bool isWritten) : ForwardingStore(inner)
    {
        private readonly TaskCompletionSource _died = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Died => _died.Task;

        public override async ValueTask<DateTimeOffset> AppendAsync(SessionAppend append, CancellationToken cancellationToken = default)
        {
            var isLast = append.Records.Any(dies);
            if (isLast ? isWritten : !_died.Task.IsCompleted)
            {
                var time = await base.AppendAsync(append, cancellationToken);
                if (!isLast)
                {
                    return time;
                }
            }

            _died.TrySetResult();
            throw new IOException("The process has died.");
        }
    }
}

/// <summary>What the elements do.</summary>
internal static class Bodies
{
    public static Func<int, CancellationToken, ValueTask> FailsAt(int room) => (at, _) => at == room ? throw new InvalidOperationException("no room") : default;

    public static Func<int, CancellationToken, ValueTask> WaitsAt(int room, Action reached) => async (at, cancellationToken) =>
    {
        if (at == room)
        {
            var waiting = Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            reached();
            await waiting;
        }
    };
}

/// <summary>Books rooms one by one.</summary>
[Agent]
public sealed partial class Hotel
{
    public Func<int, CancellationToken, ValueTask> Body { get; set; } = static (_, _) => default;

    public ConcurrentQueue<string> Undone { get; } = [];

    public ConcurrentQueue<int> Booked { get; } = [];

    [Action, Compensate(nameof(Unpick))]
    private static int[] Pick([Input] int count) => [.. Enumerable.Range(0, count)];

    private void Unpick(int[] picked) => Undone.Enqueue($"unpick {picked.Length}");

    [Action, ForEach(nameof(Pick), MaxParallel = 1), Compensate(nameof(Unbook))]
    private async Task<string> Book([Item] int room, CancellationToken cancellationToken)
    {
        await Body(room, cancellationToken);
        Booked.Enqueue(room);
        return $"{room}";
    }

    private void Unbook(string[] rooms) => Undone.Enqueue($"unbook {string.Join(',', rooms)}");

    [Action, Result]
    private static int Count([From(nameof(Book))] string[] rooms) => rooms.Length;
}

/// <summary>Has a minute for all rooms.</summary>
[Agent, Timeout("00:00:30")]
public sealed partial class HurriedHotel
{
    public required Func<int, CancellationToken, ValueTask> Body { get; set; }

    public ConcurrentQueue<string> Undone { get; } = [];

    [Action]
    private static int[] Pick([Input] int count) => [.. Enumerable.Range(0, count)];

    [Action, ForEach(nameof(Pick), MaxParallel = 1), Compensate(nameof(Unbook)), Result]
    private async Task<string> Book([Item] int room, CancellationToken cancellationToken)
    {
        await Body(room, cancellationToken);
        return $"{room}";
    }

    private void Unbook(string[] rooms) => Undone.Enqueue($"unbook {string.Join(',', rooms)}");
}

/// <summary>Books three rooms at a time.</summary>
[Agent]
public sealed partial class WideHotel
{
    public required Func<int, CancellationToken, ValueTask> Body { get; set; }

    public ConcurrentQueue<string> Undone { get; } = [];

    [Action]
    private static int[] Pick([Input] int count) => [.. Enumerable.Range(0, count)];

    [Action, ForEach(nameof(Pick), MaxParallel = 3), Compensate(nameof(Unbook)), Result]
    private async Task<string> Book([Item] int room, CancellationToken cancellationToken)
    {
        await Task.Yield();
        await Body(room, cancellationToken);
        return $"{room}";
    }

    private async Task Unbook(string[] rooms)
    {
        await Task.Yield();
        Undone.Enqueue($"unbook {string.Join(',', rooms)}");
    }
}

/// <summary>Makes do with the rooms that there are.</summary>
[Agent]
public sealed partial class LenientHotel
{
    public required Func<int, CancellationToken, ValueTask> Body { get; set; }

    public ConcurrentQueue<string> Undone { get; } = [];

    [Action]
    private static int[] Pick([Input] int count) => [.. Enumerable.Range(0, count)];

    [Action, ForEach(nameof(Pick), MaxParallel = 1, AllowPartialFailure = true), Compensate(nameof(Unbook)), Result]
    private async Task<string> Book([Item] int room, CancellationToken cancellationToken)
    {
        await Body(room, cancellationToken);
        return $"{room}";
    }

    private void Unbook(string[] rooms) => Undone.Enqueue($"unbook {string.Join(',', rooms)}");
}

/// <summary>Books rooms until one will do.</summary>
[Agent]
public sealed partial class SeekingHotel
{
    public required Func<int, CancellationToken, ValueTask> Body { get; set; }

    public ConcurrentQueue<string> Undone { get; } = [];

    [Action]
    private static int[] Pick([Input] int count) => [.. Enumerable.Range(0, count)];

    [Action, ForEach(nameof(Pick), MaxParallel = 1, Until = nameof(WillDo)), Compensate(nameof(Unbook)), Result]
    private async Task<string> Book([Item] int room, CancellationToken cancellationToken)
    {
        await Body(room, cancellationToken);
        return $"{room}";
    }

    private static bool WillDo(string room) => room == "3";

    private void Unbook(string[] rooms) => Undone.Enqueue($"unbook {string.Join(',', rooms)}");
}

/// <summary>Can do without rooms.</summary>
[Agent]
public sealed partial class OptionalHotel
{
    public required Func<int, CancellationToken, ValueTask> Body { get; set; }

    public bool Fails { get; set; }

    public ConcurrentQueue<string> Undone { get; } = [];

    [Action]
    private static int[] Count([Input] int count) => [.. Enumerable.Range(0, count)];

    [Action, ForEach(nameof(Count), MaxParallel = 1), Compensate(nameof(Unbook)), Optional]
    private async Task<string> Book([Item] int room, CancellationToken cancellationToken)
    {
        await Body(room, cancellationToken);
        return $"{room}";
    }

    private void Unbook(string[] rooms) => Undone.Enqueue($"unbook {string.Join(',', rooms)}");

    [Action, Compensate(nameof(Unpick)), DependsOn(nameof(Count))]
    private static int Pick([Input] int count) => count;

    // Waits for the rooms, and so comes after them.
    private void Unpick([From(nameof(Book))] string[]? rooms) => Undone.Enqueue($"unpick with{(rooms is null ? "out" : "")} rooms");

    [Action, Result]
    private string Tell([From(nameof(Book))] string[]? rooms, [From(nameof(Pick))] int picked) =>
        Fails ? throw new InvalidOperationException($"{picked} are too few") : rooms is null ? "none" : "some";
}

/// <summary>Books rooms and says nothing of them.</summary>
[Agent]
public sealed partial class SilentHotel
{
    public required Func<int, CancellationToken, ValueTask> Body { get; set; }

    public ConcurrentQueue<string> Undone { get; } = [];

    [Action]
    private static int[] Pick([Input] int count) => [.. Enumerable.Range(0, count)];

    [Action, ForEach(nameof(Pick), MaxParallel = 1), Compensate(nameof(Unbook))]
    private ValueTask Book([Item] int room, CancellationToken cancellationToken) => Body(room, cancellationToken);

    private void Unbook() => Undone.Enqueue("unbook");
}

/// <summary>Tries twice, and goes on after a failure.</summary>
[Agent(MaxIterations = 2, OnFailure = FailurePolicy.Continue)]
public sealed partial class LoopingHotel
{
    public required Func<int, CancellationToken, ValueTask> Body { get; set; }

    public ConcurrentQueue<string> Undone { get; } = [];

    [Action]
    private static int[] Pick([Input] int count) => [.. Enumerable.Range(0, count)];

    [Action, ForEach(nameof(Pick), MaxParallel = 1), Compensate(nameof(Unbook))]
    private async Task<string> Book([Item] int room, ActionContext context, CancellationToken cancellationToken)
    {
        await Body(room, cancellationToken);
        return $"{context.Iteration}:{room}";
    }

    private void Unbook(string[] rooms) => Undone.Enqueue($"unbook {string.Join(',', rooms)}");

    [Action]
    private static void Enter([From(nameof(Book))] string[] rooms) => _ = rooms;

    [Action, Result]
    private static int Tell([From(nameof(Pick))] int[] picked) => picked.Length;

    [Until]
    private static bool Done([From(nameof(Tell))] int tell) => tell == 0;
}

/// <summary>Books rooms, or takes a house that is found first.</summary>
[Agent]
public sealed partial class RacingHotel
{
    private readonly TaskCompletionSource _isUnderWay = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ConcurrentQueue<string> Undone { get; } = [];

    [Action]
    private static int[] Pick([Input] int count) => [.. Enumerable.Range(0, count)];

    [Action, ForEach(nameof(Pick), MaxParallel = 1), Compensate(nameof(Unbook))]
    private async Task<string> Book([Item] int room, CancellationToken cancellationToken)
    {
        if (room == 2)
        {
            var waiting = Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            _isUnderWay.SetResult();
            await waiting;
        }

        return $"{room}";
    }

    private void Unbook(string[] rooms) => Undone.Enqueue($"unbook {string.Join(',', rooms)}");

    [Action]
    private async Task<string[]> TakeHouse([From(nameof(Pick))] int[] picked, CancellationToken cancellationToken)
    {
        await _isUnderWay.Task.WaitAsync(cancellationToken);
        return [$"house for {picked.Length}"];
    }

    [Action, Compensate(nameof(Unpay)), DependsOn(nameof(Book))]
    private static int Pay([From(nameof(Book), nameof(TakeHouse), Take = Take.First, CancelOthers = true)] string[] place) => place.Length;

    private void Unpay([From(nameof(Book))] string[]? rooms) => Undone.Enqueue($"unpay with{(rooms is null ? "out" : "")} rooms");

    [Action, Result]
    private static int Leave([From(nameof(Pay))] int paid) => throw new InvalidOperationException($"{paid} is too much");
}
