using System.Text.Json;

namespace AgentFlow.Tests.Sessions;

public sealed class SessionTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_session_runs_to_its_result_and_is_recorded()
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);

        var session = await runtime.StartAsync(new Order(), "apples", new() { Id = "order-1" }, Ct);

        Assert.Equal("apples: 6 for 12", await session.Result);
        var info = await session.GetInfoAsync(Ct);
        Assert.Equal(SessionState.Completed, info.State);
        var records = await store.ReadAsync("order-1", 0, Ct).ToListAsync(Ct);
        Assert.Equal([JournalKind.Created, JournalKind.StateChanged, JournalKind.Completed, JournalKind.Completed, JournalKind.Completed, JournalKind.StateChanged], records.Select(r => r.Kind));
    }

    [Fact]
    public async Task A_crash_at_any_record_resumes_to_the_same_result_without_repeating_what_is_recorded()
    {
        await using var whole = new MemorySessionStore();
        await using (var runtime = new AgentRuntime(whole))
        {
            await (await runtime.StartAsync(new Order(), "apples", new() { Id = "o" }, Ct)).Result;
        }

        var count = (await whole.FindAsync("o", Ct))!.Sequence;
        for (var n = 1; n <= count; n++)
        {
            await whole.ForkAsync("o", n, new() { Id = $"o{n}", Agent = "", Shape = "" }, Ct);
            await using var runtime = new AgentRuntime(whole);
            var agent = new Order();
            var session = await runtime.ResumeAsync(agent, $"o{n}", Ct);
            Assert.Equal("apples: 6 for 12", await session.Result);
            var records = await whole.ReadAsync($"o{n}", 0, Ct).ToListAsync(Ct);
            Assert.Equal(records.Count, records.Select(r => (r.Kind, r.Iteration, r.Action, r.Kind == JournalKind.StateChanged ? r.Sequence : 0)).Distinct().Count());
            var before = records.Take(n).Count(r => r.Kind == JournalKind.Completed);
            Assert.Equal(3 - before, agent.Calls);
        }
    }
}

public sealed class SignalTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_session_suspends_until_it_is_answered_in_any_order()
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);
        var agent = new Expense();
        var session = await runtime.StartAsync(agent, 12.5m, new() { Id = "e" }, Ct);
        Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct));
        Assert.Equal(0, runtime.LiveSessions);

        Assert.True(await session.AcknowledgeAsync(new() { Sender = "cfo", Key = "1" }, Ct));
        Assert.False(await session.AcknowledgeAsync(new() { Sender = "cfo", Key = "1" }, Ct));
        Assert.True(await session.ApproveAsync(new Decision(true), cancellationToken: Ct));

        Assert.Equal("paid 12.5", await session.Result.WaitAsync(Patience, Ct));
        Assert.Equal(1, agent.Paid);
        await Assert.ThrowsAsync<InvalidSessionTransitionException>(() => session.ApproveAsync(new Decision(true), cancellationToken: Ct).AsTask());
    }

    [Fact]
    public async Task Who_waits_after_an_answer_waits_for_what_it_brings()
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);
        var agent = new Expense();
        for (var i = 0; i < 50; i++)
        {
            var session = await runtime.StartAsync(agent, i, new() { Id = $"e{i}" }, Ct);
            Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct));
            await session.AcknowledgeAsync(cancellationToken: Ct);
            await store.SignalAsync(new() { Session = session.Id, Name = "Nobody waits for this" }, Ct);
            Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct));
            Assert.Equal(2, (await session.GetInfoAsync(Ct)).SignalsSeen);
            await session.ApproveAsync(new Decision(true), cancellationToken: Ct);
            Assert.Equal(SessionState.Completed, await session.WaitAsync(Ct));
        }
    }

    [Fact]
    public async Task A_signal_that_nobody_answers_escalates_in_time_and_not_before()
    {
        var clock = new ManualTimeProvider();
        await using var store = new MemorySessionStore(clock);
        await using var runtime = new AgentRuntime(store, new() { Lease = TimeSpan.FromDays(2), Run = new() { TimeProvider = clock } });
        var session = await runtime.StartAsync(new Expense(), 12.5m, new() { Id = "e" }, Ct);
        Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct));
        await session.AcknowledgeAsync(cancellationToken: Ct);

        clock.Advance(TimeSpan.FromHours(23));
        Assert.Equal(SessionState.Suspended, (await session.GetInfoAsync(Ct)).State);
        var result = session.Result;
        while (!result.IsCompleted)
        {
            await Task.Delay(1, Ct); // The runtime's loop runs on a thread of its own, and must not be outrun.
            clock.Advance(TimeSpan.FromSeconds(30));
        }

        Assert.Equal("refused: nobody answered", await result);
        var records = await store.ReadAsync("e", 0, Ct).ToListAsync(Ct);
        var set = records.Single(r => r.Kind == JournalKind.TimerSet);
        var fired = records.Single(r => r.Kind == JournalKind.TimerFired);
        Assert.True(fired.Timestamp - set.Timestamp >= TimeSpan.FromDays(1));
    }

    [Fact]
    public async Task Outside_a_session_nobody_can_answer()
    {
        var error = await Assert.ThrowsAsync<ActionFailedException>(() => new Expense().RunAsync(1, Ct).AsTask());
        Assert.Contains("AgentRuntime.StartAsync", error.Message, StringComparison.Ordinal);
    }
}

[Agent]
public sealed partial class Order
{
    private int _calls;

    public int Calls => _calls;

    [Action]
    private Task<int> Count([Input] string item)
    {
        Interlocked.Increment(ref _calls);
        return Task.FromResult(item.Length);
    }

    [Action]
    private async Task<Price> Quote(int count)
    {
        Interlocked.Increment(ref _calls);
        await Task.Yield();
        return new Price(count * 2, "EUR");
    }

    [Action]
    private string Describe([Input] string item, int count, Price price)
    {
        Interlocked.Increment(ref _calls);
        return $"{item}: {count} for {price.Amount}";
    }
}

public sealed record Price(decimal Amount, string Currency);

public sealed record Decision(bool Approved, string? Reason = null);

[Agent]
public sealed partial class Expense
{
    private int _paid;

    public int Paid => _paid;

    [Action]
    private string Submit([Input] decimal amount) => $"report of {amount}";

    [Signal(Timeout = "1.00:00:00"), Fallback(nameof(Escalate))]
    private partial Task<Decision> Approve(string submit);

    private Decision Escalate(string submit) => new(false, "nobody answered");

    [Signal]
    private partial Task Acknowledge(string submit);

    [Action(Effect = Effect.AtMostOnce), DependsOn(nameof(Acknowledge))]
    private string Pay([Input] decimal amount, Decision decision)
    {
        Interlocked.Increment(ref _paid);
        return decision.Approved ? FormattableString.Invariant($"paid {amount}") : $"refused: {decision.Reason}";
    }
}
