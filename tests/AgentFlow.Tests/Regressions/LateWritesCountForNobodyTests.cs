using System.Collections.Concurrent;

namespace AgentFlow.Tests.Regressions;

/// <summary>
/// A write that succeeded after its session was given up was applied to a run that by then belonged to another session: a payment was made that nobody
/// had approved.
/// </summary>
public sealed class LateWritesCountForNobodyTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory(Timeout = 300_000)]
    [InlineData("Approve")]
    [InlineData("Reserve")]
    public async Task What_is_written_late_starts_nothing_in_this_session_or_another(string late)
    {
        var clock = new ManualTimeProvider();
        await using var inner = new MemorySessionStore(clock);
        var store = new HeldStore(inner) { Holds = append => append.Records.Any(r => r.Action == late && r.Kind == JournalKind.Completed) };
        var agent = new GuardedPayment();
        await using var runtime = new AgentRuntime(store, new() { Run = new() { TimeProvider = clock } });
        var first = await runtime.StartAsync(agent, "A", new() { Id = "a" }, Ct);
        if (late == "Approve")
        {
            await first.ApproveAsync(true, cancellationToken: Ct);
        }

        await store.Held.WaitAsync(Patience, Ct);

        // The lease runs out while the store is silent; another worker could have the session by now.
        await UntilAsync(() =>
        {
            clock.Advance(TimeSpan.FromSeconds(3));
            return runtime.LiveSessions == 0;
        });

        // Sessions and a plain run of the same agent begin, which take whatever run is at hand.
        var others = new List<Session<GuardedPayment, string>>();
        for (var i = 0; i < 4; i++)
        {
            others.Add(await runtime.StartAsync(agent, $"B{i}", new() { Id = $"b{i}" }, Ct));
            await UntilAsync(async () => (await others[^1].GetInfoAsync(Ct)).State == SessionState.Suspended);
        }

        store.Release();
        foreach (var other in others)
        {
            Assert.Equal(SessionState.Suspended, (await other.GetInfoAsync(Ct)).State);
            Assert.DoesNotContain(await runtime.ReadOutcomesAsync(agent, other.Id, Ct), static o => o.Action == "Pay");
        }

        await runtime.DisposeAsync();
        Assert.DoesNotContain(agent.Payments, static payment => payment.StartsWith('B'));
    }

    [Fact(Timeout = 300_000)]
    public async Task A_lease_that_was_granted_too_late_is_not_counted_from_the_answer()
    {
        var clock = new ManualTimeProvider();
        await using var inner = new MemorySessionStore(clock);
        var store = new SlowlyGrantingStore(inner);
        var agent = new GuardedPayment();
        await using var runtime = new AgentRuntime(store, new() { Run = new() { TimeProvider = clock }, Lease = TimeSpan.FromSeconds(30), PollInterval = TimeSpan.FromDays(1) });
        var starting = runtime.StartAsync(agent, "A", new() { Id = "a" }, Ct).AsTask();
        await store.Asked.Task.WaitAsync(Patience, Ct);

        // Another worker has it by now, for all that this one can know.
        clock.Advance(TimeSpan.FromSeconds(29));
        store.Granted.SetResult();
        await starting.WaitAsync(Patience, Ct);
        await UntilAsync(() => runtime.LiveSessions == 0);
        Assert.Equal(0, agent.Reserved);
    }

    internal static async Task UntilAsync(Func<bool> holds) => await UntilAsync(() => new ValueTask<bool>(holds()));

    internal static async Task UntilAsync(Func<ValueTask<bool>> holds)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        patience.CancelAfter(Patience);
        while (!await holds())
        {
            await Task.Delay(1, patience.Token);
        }
    }
}

[Agent]
public sealed partial class GuardedPayment
{
    private int _reserved;

    internal ConcurrentQueue<string> Payments { get; } = [];

    internal int Reserved => _reserved;

    [Action]
    private string Reserve([Input] string order)
    {
        Interlocked.Increment(ref _reserved);
        return order;
    }

    [Signal]
    private partial Task<bool> Approve(string reserve);

    [Action]
    private string Pay(string reserve, bool approve)
    {
        Payments.Enqueue($"{reserve} paid, {(approve ? "approved" : "refused")}");
        return reserve;
    }
}
