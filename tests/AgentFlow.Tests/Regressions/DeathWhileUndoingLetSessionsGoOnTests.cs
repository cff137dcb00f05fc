namespace AgentFlow.Tests.Regressions;

/// <summary>
/// Why a session ended was recorded with its end, after what it had done was undone. When its process died meanwhile, the next one could decide otherwise: it went on, and completed
/// with something undone.
/// </summary>
public sealed class DeathWhileUndoingLetSessionsGoOnTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Durability.Step)]
    [InlineData(Durability.Suspend)]
    [InlineData(Durability.Deferred)]
    public async Task A_failure_stays_one(Durability durability)
    {
        await using var store = new MemorySessionStore();
        var world = new Booking { Fails = true };
        await DieWhileUndoingAsync(store, world, new BookedTrip(world), durability);
        world.Fails = false;
        await using var second = new AgentRuntime(store);
        var session = await second.ResumeAsync(new BookedTrip(world), "s", Ct);
        await Assert.ThrowsAsync<ActionFailedException>(() => session.Result.WaitAsync(Patience, Ct));
        Assert.Equal((1, 2), (world.Paid, world.Undone));
    }

    [Theory]
    [InlineData(Durability.Step)]
    [InlineData(Durability.Suspend)]
    [InlineData(Durability.Deferred)]
    public async Task So_does_a_budget_that_was_exceeded(Durability durability)
    {
        await using var store = new MemorySessionStore();
        var world = new Booking { Tokens = 100 };
        await DieWhileUndoingAsync(store, world, new Overspender(world), durability);

        // What was spent by an action that was not over is lost with its process.
        world.Tokens = 0;
        await using var second = new AgentRuntime(store);
        var session = await second.ResumeAsync(new Overspender(world), "s", Ct);
        var error = await Assert.ThrowsAsync<BudgetExceededException>(() => session.Result.WaitAsync(Patience, Ct));
        Assert.Equal("Tokens", error.Resource);
        Assert.Equal((1, 2), (world.Paid, world.Undone));
        Assert.Equal(SessionState.Failed, (await session.GetInfoAsync(Ct)).State);
    }

    [Fact]
    public async Task What_sets_the_session_going_again_does_not_stop_it_once_more()
    {
        await using var store = new MemorySessionStore();
        var world = new Booking { Tokens = 100 };
        world.Go.SetResult();
        await using var runtime = new AgentRuntime(store);
        var session = await runtime.StartAsync(new Overspender(world), 1, new() { Id = "s" }, Ct);
        await Assert.ThrowsAsync<BudgetExceededException>(() => session.Result.WaitAsync(Patience, Ct));
        foreach (var how in (string[])["redrive", "rerun"])
        {
            var before = world.Undone;
            var again = how == "redrive" ? await runtime.RedriveAsync(new Overspender(world), "s", Ct) : await runtime.RerunAsync(new Overspender(world), "s", ["Reserve"], Ct);
            await Assert.ThrowsAsync<BudgetExceededException>(() => again.Result.WaitAsync(Patience, Ct));
            Assert.Equal(before + 1, world.Undone);
        }

        world.Tokens = 0;
        Assert.Equal("paid", await (await runtime.RedriveAsync(new Overspender(world), "s", Ct)).Result.WaitAsync(Patience, Ct));
    }

    private static async Task DieWhileUndoingAsync<TSelf>(MemorySessionStore store, Booking world, IDurableAgent<TSelf, int, string> agent, Durability durability)
        where TSelf : IDurableAgent<TSelf, int, string>
    {
        await using (var first = new AgentRuntime(store, new() { ShutdownGrace = TimeSpan.Zero, Lease = TimeSpan.FromSeconds(3) }))
        {
            await first.StartAsync(agent, 1, new() { Id = "s", Durability = durability }, Ct);
            await world.Undoing.Task.WaitAsync(Patience, Ct);
        }

        world.Go.SetResult();
    }
}

/// <summary>What was booked, and undone.</summary>
public sealed class Booking
{
    private int _paid;
    private int _undone;

    public bool Fails { get; set; }

    public int Tokens { get; set; }

    public TaskCompletionSource Undoing { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource Go { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Paid => Volatile.Read(ref _paid);

    public int Undone => Volatile.Read(ref _undone);

    public string Pay()
    {
        Interlocked.Increment(ref _paid);
        return Fails ? throw new InvalidOperationException("no") : "paid";
    }

    public async Task UndoAsync(CancellationToken ct)
    {
        Interlocked.Increment(ref _undone);
        Undoing.TrySetResult();
        await Go.Task.WaitAsync(ct);
    }
}

[Agent]
public sealed partial class BookedTrip(Booking booking)
{
    [Action, Compensate(nameof(Cancel))]
    private static string Reserve([Input] int number) => $"reserved {number}";

    private Task Cancel(CancellationToken ct) => booking.UndoAsync(ct);

    [Action]
    private string Pay([From(nameof(Reserve))] string reserved) => booking.Pay();
}

[Agent, Budget(Tokens = 50)]
public sealed partial class Overspender(Booking booking)
{
    [Action, Compensate(nameof(Cancel))]
    private static string Reserve([Input] int number) => $"reserved {number}";

    private Task Cancel(CancellationToken ct) => booking.UndoAsync(ct);

    [Action]
    private string Pay([From(nameof(Reserve))] string reserved, ActionContext context, CancellationToken ct)
    {
        context.ReportUsage(booking.Tokens, 0);
        var paid = booking.Pay();
        ct.ThrowIfCancellationRequested();
        return paid;
    }
}
