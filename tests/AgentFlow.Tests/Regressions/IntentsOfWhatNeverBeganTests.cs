using AgentFlow.Crash;

namespace AgentFlow.Tests.Regressions;

/// <summary>
/// A session was stopped while it was being recorded that an action would begin which happens at most once. The action never began; but when the session
/// was redriven, a person was asked whether it had happened. One that had lost its race meanwhile was begun all the same.
/// </summary>
public sealed class IntentsOfWhatNeverBeganTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Durability.Step)]
    [InlineData(Durability.Deferred)]
    public async Task A_session_that_is_cancelled_meanwhile_can_be_redriven(Durability durability)
    {
        await using var memory = new MemorySessionStore();
        var till = new PlainTill();
        var store = new OnceBegunStore(memory, JournalKind.CancelRequested, till.Noted);
        await using (var runtime = new AgentRuntime(store))
        {
            var session = await runtime.StartAsync(till, 1, new() { Id = "s", Durability = durability }, Ct);
            await store.Held.WaitAsync(Patience, Ct);
            await session.CancelAsync(Ct);
            store.Release();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => session.Result.WaitAsync(Patience, Ct));
        }

        Assert.Equal(0, till.Paid);
        await NothingIsOpenAsync(memory);
        await using var next = new AgentRuntime(memory);
        Assert.Equal(1, await (await next.RedriveAsync(till, "s", Ct)).Result.WaitAsync(Patience, Ct));
        Assert.Equal(1, till.Paid);
    }

    [Fact]
    public async Task So_can_one_of_which_another_action_has_failed()
    {
        await using var memory = new MemorySessionStore();
        var till = new HastyTill();
        var store = new OnceBegunStore(memory, JournalKind.Failed, till.Noted);
        await using var runtime = new AgentRuntime(store);
        var session = await runtime.StartAsync(till, 1, new() { Id = "s" }, Ct);
        await store.Held.WaitAsync(Patience, Ct);
        till.Fails.SetResult();
        store.Release();
        await Assert.ThrowsAsync<ActionFailedException>(() => session.Result.WaitAsync(Patience, Ct));
        Assert.Equal(0, till.Paid);
        await NothingIsOpenAsync(memory);
        Assert.Equal(1, await (await runtime.RedriveAsync(till, "s", Ct)).Result.WaitAsync(Patience, Ct));
        Assert.Equal(1, till.Paid);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task So_can_one_whose_time_is_up(int payments)
    {
        await using var memory = new MemorySessionStore();
        var store = new HeldStore(memory) { Holds = static append => append.Records.Any(static r => r.Kind == JournalKind.Intended) };
        var clock = new ManualTimeProvider();
        await using var runtime = new AgentRuntime(store, new() { Run = new() { TimeProvider = clock } });
        var till = new TimedTill();
        var session = await runtime.StartAsync(till, payments, new() { Id = "s" }, Ct);
        await store.Held.WaitAsync(Patience, Ct);
        clock.Advance(TimeSpan.FromSeconds(11));
        store.Release();
        await Assert.ThrowsAsync<TimeoutException>(() => session.Result.WaitAsync(Patience, Ct));
        Assert.Equal(0, till.Paid);
        Assert.Equal(payments, await (await runtime.RedriveAsync(till, "s", Ct)).Result.WaitAsync(Patience, Ct));
        Assert.Equal(payments, till.Paid);
    }

    [Fact]
    public async Task What_has_lost_its_race_meanwhile_does_not_begin()
    {
        await using var memory = new MemorySessionStore();
        var till = new RacedTill();
        var store = new OnceBegunStore(memory, JournalKind.Completed, till.Noted, "Cash");
        await using var runtime = new AgentRuntime(store);
        var session = await runtime.StartAsync(till, 1, new() { Id = "s" }, Ct);
        await store.Held.WaitAsync(Patience, Ct);
        till.Wins.SetResult();
        store.Release();
        Assert.Equal("cash", await session.Result.WaitAsync(Patience, Ct));
        Assert.Equal(0, till.Paid);
        await NothingIsOpenAsync(memory);
    }

    private static async Task NothingIsOpenAsync(MemorySessionStore memory)
    {
        var records = await memory.ReadAsync("s", 0, Ct).ToListAsync(Ct);
        Assert.Equal("Pay", Assert.Single(records, static r => r.Kind == JournalKind.Intended).Action);
        Assert.Equal("Pay", Assert.Single(records, static r => r.Kind == JournalKind.Struck).Action);
    }

    /// <summary>
    /// A store that is slow to say that <c>Ring</c> is recorded, and that does not make another write before what follows from it has begun: so that what
    /// stops a session is in its journal before the intent, and after the decision to record it.
    /// </summary>
    private sealed class OnceBegunStore(ISessionStore inner, JournalKind kind, TaskCompletionSource begun, string action = "") : ForwardingStore(inner)
    {
        private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Held => _held.Task;

        public void Release() => _released.TrySetResult();

        public override async ValueTask<DateTimeOffset> AppendAsync(SessionAppend append, CancellationToken cancellationToken = default)
        {
            if (!begun.Task.IsCompleted && append.Records.Any(r => r.Kind == kind && (action.Length == 0 || r.Action == action)))
            {
                await begun.Task.WaitAsync(Patience, CancellationToken.None);
            }

            var time = await base.AppendAsync(append, cancellationToken);
            if (!_held.Task.IsCompleted && append.Records.Any(static r => r.Kind == JournalKind.Completed && r.Action == "Ring"))
            {
                _held.TrySetResult();
                await _released.Task;
            }

            return time;
        }
    }
}

[Agent]
internal sealed partial class PlainTill
{
    private int _paid;

    public int Paid => _paid;

    public TaskCompletionSource Noted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Action] private static async Task<int> Ring([Input] int amount)
    {
        await Task.Yield();
        return amount;
    }

    [Action(Effect = Effect.AtMostOnce, Priority = 2), Result] private int Pay(int ring)
    {
        Interlocked.Increment(ref _paid);
        return ring;
    }

    [Action, DependsOn(nameof(Ring))] private void Note() => Noted.TrySetResult();
}

[Agent]
internal sealed partial class HastyTill
{
    private int _paid;
    private int _failed;

    public int Paid => _paid;

    public TaskCompletionSource Noted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What waits for it goes on where it is set.</summary>
    public TaskCompletionSource Fails { get; } = new();

    [Action] private static async Task<int> Ring([Input] int amount)
    {
        await Task.Yield();
        return amount;
    }

    [Action] private async Task Weigh()
    {
        await Fails.Task.ConfigureAwait(false);
        if (Interlocked.Increment(ref _failed) == 1)
        {
            throw new InvalidOperationException("The scales are broken.");
        }
    }

    [Action(Effect = Effect.AtMostOnce, Priority = 2), Result] private int Pay(int ring)
    {
        Interlocked.Increment(ref _paid);
        return ring;
    }

    [Action, DependsOn(nameof(Ring))] private void Note() => Noted.TrySetResult();
}

[Agent, Timeout("00:00:10")]
internal sealed partial class TimedTill
{
    private int _paid;

    public int Paid => _paid;

    [Action] private static int[] Ring([Input] int payments) => [.. Enumerable.Range(1, payments)];

    [Action(Effect = Effect.AtMostOnce), ForEach(nameof(Ring))] private int Pay([Item] int payment)
    {
        Interlocked.Increment(ref _paid);
        return payment;
    }

    [Action, Result] private static int Count(int[] pay) => pay.Length;
}

[Agent]
internal sealed partial class RacedTill
{
    private int _paid;

    public int Paid => _paid;

    public TaskCompletionSource Noted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What waits for it goes on where it is set.</summary>
    public TaskCompletionSource Wins { get; } = new();

    [Action] private static async Task<int> Ring([Input] int amount)
    {
        await Task.Yield();
        return amount;
    }

    [Action] private async Task<string> Cash()
    {
        await Wins.Task.ConfigureAwait(false);
        return "cash";
    }

    [Action(Effect = Effect.AtMostOnce, Priority = 2)] private string Pay([From(nameof(Ring))] int amount)
    {
        Interlocked.Increment(ref _paid);
        return "card";
    }

    [Action, DependsOn(nameof(Ring))] private void Note() => Noted.TrySetResult();

    [Action, Result] private static string Close([From(nameof(Cash), nameof(Pay), Take = Take.First, CancelOthers = true)] string by) => by;
}
