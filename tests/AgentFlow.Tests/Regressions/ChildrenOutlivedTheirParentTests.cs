using System.Collections.Concurrent;

namespace AgentFlow.Tests.Regressions;

/// <summary>
/// A session that was cancelled, or failed, left its child to another worker that had it, or to whoever found it later: the child went on, paid after its
/// parent had undone everything, and was not undone itself.
/// </summary>
public sealed class ChildrenOutlivedTheirParentTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_child_that_another_worker_has_is_cancelled_with_its_parent(bool isSealed)
    {
        using var keys = isSealed ? new PayloadEncryption("k", new Dictionary<string, byte[]> { ["k"] = new byte[32] }) : null;
        await using var store = new MemorySessionStore();
        var voyage = new VoyageLog();
        await using var childs = await ChildsWorkerAsync(store, voyage, keys);
        await using var parents = Runtime(store, keys);
        var parent = await parents.ResumeAsync(new Voyage(voyage), "p", Ct);
        await parent.CancelAsync(Ct);
        Assert.Equal(SessionState.Cancelled, await parent.WaitAsync(Ct).WaitAsync(Patience, Ct));
        Assert.Equal(SessionState.Cancelled, (await store.FindAsync("p~1.-.0.1.Sail", Ct))!.State);
        Assert.Equal(["book", "unbook", "unreserve"], voyage.Lines);
    }

    [Fact]
    public async Task A_child_that_another_worker_has_is_cancelled_when_its_parent_fails()
    {
        await using var store = new MemorySessionStore();
        var voyage = new VoyageLog();
        await using var childs = await ChildsWorkerAsync(store, voyage, null);
        voyage.Storm = true;
        await using var parents = Runtime(store, null);
        var parent = await parents.ResumeAsync(new Voyage(voyage), "p", Ct);
        Assert.Equal(SessionState.Failed, await parent.WaitAsync(Ct).WaitAsync(Patience, Ct));
        Assert.Equal(SessionState.Cancelled, (await store.FindAsync("p~1.-.0.1.Sail", Ct))!.State);
        Assert.Equal(["book", "unbook", "unreserve"], voyage.Lines);
    }

    [Fact]
    public async Task A_child_is_cancelled_though_the_worker_that_ran_both_has_died()
    {
        await using var store = new MemorySessionStore();
        var voyage = new VoyageLog();
        await using (var first = Runtime(store, null))
        {
            await first.StartAsync(new Voyage(voyage), "Ada", new() { Id = "p" }, Ct);
            await voyage.Sailing.Task.WaitAsync(Patience, Ct);
        }

        // As if it had died between the two: the parent is to be cancelled, and nobody has told the child.
        await using (var operators = new AgentRuntime(store, new() { Wakes = false }))
        {
            await operators.CancelAsync("p", Ct);
        }

        await using var last = Runtime(store, null);
        last.Register(new Leg(voyage));
        var parent = await last.FindAsync(new Voyage(voyage), "p", Ct);
        Assert.Equal(SessionState.Cancelled, await parent!.WaitAsync(Ct).WaitAsync(Patience, Ct));
        Assert.Equal(SessionState.Cancelled, (await store.FindAsync("p~1.-.0.1.Sail", Ct))!.State);
        Assert.Equal(["book", "unbook", "unreserve"], voyage.Lines);
    }

    [Fact]
    public async Task A_parent_waits_for_a_child_whose_agent_only_another_worker_knows()
    {
        await using var store = new MemorySessionStore();
        var voyage = new VoyageLog();
        await LeaveCancelledAsync(store, voyage);
        await using var parents = new AgentRuntime(store, new() { PollInterval = TimeSpan.FromSeconds(6) });
        parents.Register(new Voyage(voyage));
        var parent = await parents.FindAsync(new Voyage(voyage), "p", Ct);
        await UntilAskedAsync(store);
        await using var childs = Runtime(store, null);
        childs.Register(new Leg(voyage));
        Assert.Equal(SessionState.Cancelled, await parent!.WaitAsync(Ct).WaitAsync(Patience, Ct));
        Assert.Equal(["book", "unbook", "unreserve"], voyage.Lines);
    }

    [Fact]
    public async Task It_does_not_wait_for_ever_for_one_whose_agent_nobody_knows()
    {
        await using var store = new MemorySessionStore();
        var voyage = new VoyageLog();
        await LeaveCancelledAsync(store, voyage);
        await using var parents = new AgentRuntime(store, Brief());
        var parent = await parents.FindAsync(new Voyage(voyage), "p", Ct);
        Assert.Equal(SessionState.Cancelled, await parent!.WaitAsync(Ct).WaitAsync(Patience, Ct));
        Assert.Equal(["book", "unreserve"], voyage.Lines);

        await using var childs = Runtime(store, null);
        childs.Register(new Leg(voyage));
        var child = await childs.FindAsync(new Leg(voyage), "p~1.-.0.1.Sail", Ct);
        Assert.Equal(SessionState.Cancelled, await child!.WaitAsync(Ct).WaitAsync(Patience, Ct));
        Assert.Equal(["book", "unreserve", "unbook"], voyage.Lines);
    }

    [Fact]
    public async Task A_child_that_ends_just_as_it_is_asked_to_fails_nobody()
    {
        await using var store = new MemorySessionStore();
        var voyage = new VoyageLog();
        await using var childs = await ChildsWorkerAsync(store, voyage, null);
        var leg = (await childs.FindAsync(new Leg(voyage), "p~1.-.0.1.Sail", Ct))!;
        var asked = 0;
        await using var racing = new WrappedStore(store)
        {
            OnWrite = (name, _) =>
            {
                if (name == "signal" && Interlocked.Increment(ref asked) == 1)
                {
                    leg.CancelAsync(Ct).AsTask().Wait(Patience, Ct);
                    leg.WaitAsync(Ct).Wait(Patience, Ct);
                }
            },
        };
        await using var parents = Runtime(racing, null);
        var parent = await parents.ResumeAsync(new Voyage(voyage), "p", Ct);
        await parent.CancelAsync(Ct);
        Assert.Equal(SessionState.Cancelled, await parent.WaitAsync(Ct).WaitAsync(Patience, Ct));
        Assert.Equal(1, asked);
        Assert.Equal(["book", "unbook", "unreserve"], voyage.Lines);
    }

    [Fact]
    public async Task A_child_that_was_set_going_again_does_not_heed_a_request_from_before()
    {
        await using var store = new MemorySessionStore();
        var voyage = new VoyageLog();
        await using var childs = await ChildsWorkerAsync(store, voyage, null);
        await using var parents = Runtime(store, null);
        var parent = await parents.ResumeAsync(new Voyage(voyage), "p", Ct);
        await parent.CancelAsync(Ct);
        await parent.WaitAsync(Ct).WaitAsync(Patience, Ct);
        voyage.IsCalm = true;
        var again = await parents.RedriveAsync(new Voyage(voyage), "p", Ct);
        Assert.Equal("paid", await again.Result.WaitAsync(Patience, Ct));
    }

    [Fact]
    public async Task Nobody_else_sends_such_a_request()
    {
        await using var store = new MemorySessionStore();
        await using var runtime = Runtime(store, null);
        var voyage = new VoyageLog();
        await runtime.StartAsync(new Voyage(voyage), "Ada", new() { Id = "p" }, Ct);
        await voyage.Sailing.Task.WaitAsync(Patience, Ct);
        await Assert.ThrowsAsync<InvalidSignalException>(
            () => runtime.SignalAsync("p~1.-.0.1.Sail", "~cancel", System.Text.Json.JsonSerializer.SerializeToElement(100), cancellationToken: Ct).AsTask());
        await Assert.ThrowsAsync<InvalidSignalException>(() => runtime.SignalAsync(
            "p~1.-.0.1.Sail", "~cancel", System.Text.Json.JsonSerializer.SerializeToElement(100), new() { Sender = "~parent" }, Ct).AsTask());
    }

    [Fact]
    public async Task Signals_may_have_any_name()
    {
        await using var runtime = Runtime(new MemorySessionStore(), null);
        var session = await runtime.StartAsync(new OddSignals(), default, new() { Id = "s" }, Ct);
        await runtime.SignalAsync("s", "sign~off", System.Text.Json.JsonSerializer.SerializeToElement(1), cancellationToken: Ct);
        await runtime.SignalAsync("s", "~cancel", System.Text.Json.JsonSerializer.SerializeToElement(2), cancellationToken: Ct);
        Assert.Equal(3, await session.Result.WaitAsync(Patience, Ct));
    }

    /// <summary>The worker that has taken over the child of a voyage whose own worker was shut down.</summary>
    private static async Task<AgentRuntime> ChildsWorkerAsync(ISessionStore store, VoyageLog voyage, PayloadEncryption? keys)
    {
        await using (var first = Runtime(store, keys))
        {
            await first.StartAsync(new Voyage(voyage), "Ada", new() { Id = "p" }, Ct);
            await voyage.Sailing.Task.WaitAsync(Patience, Ct);
        }

        voyage.Again();
        var childs = Runtime(store, keys);
        childs.Register(new Leg(voyage));
        await voyage.Sailing.Task.WaitAsync(Patience, Ct);
        return childs;
    }

    private static AgentRuntimeOptions Brief() => new()
    {
        ShutdownGrace = TimeSpan.Zero,
        PollInterval = TimeSpan.FromMilliseconds(20),
        Lease = TimeSpan.FromSeconds(3),
    };

    /// <summary>A parent whose child has booked, both without a worker; the parent is to be cancelled.</summary>
    private static async Task LeaveCancelledAsync(MemorySessionStore store, VoyageLog voyage)
    {
        await using (var first = new AgentRuntime(store, Brief()))
        {
            await first.StartAsync(new Voyage(voyage), "Ada", new() { Id = "p" }, Ct);
            await voyage.Sailing.Task.WaitAsync(Patience, Ct);
        }

        await using var operators = new AgentRuntime(store, new() { Wakes = false });
        await operators.CancelAsync("p", Ct);
    }

    private static async Task UntilAskedAsync(MemorySessionStore store)
    {
        while (true)
        {
            await foreach (var record in store.ReadAsync("p~1.-.0.1.Sail", 0, Ct))
            {
                if (record.Kind == JournalKind.CancelRequested)
                {
                    return;
                }
            }

            await Task.Delay(1, Ct); // The runtime's loop runs on a thread of its own.
        }
    }

    private static AgentRuntime Runtime(ISessionStore store, PayloadEncryption? keys) => new(store, new()
    {
        ShutdownGrace = TimeSpan.Zero,
        PollInterval = TimeSpan.FromMilliseconds(20),
        Encryption = keys,
    });
}

public sealed class VoyageLog
{
    private readonly ConcurrentQueue<string> _lines = [];

    /// <summary>What was done and undone, apart from what was reserved.</summary>
    public string[] Lines => [.. _lines];

    /// <summary>Completes when the leg is under way.</summary>
    public TaskCompletionSource Sailing { get; private set; } = New();

    /// <summary>Whether what runs beside the leg fails.</summary>
    public bool Storm { get; set; }

    /// <summary>Whether the leg ends by itself.</summary>
    public bool IsCalm { get; set; }

    public void Again() => Sailing = New();

    public void Write(string line) => _lines.Enqueue(line);

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

[Agent]
public sealed partial class Voyage(VoyageLog log)
{
    [Action, Compensate(nameof(Unreserve))]
    private static string Reserve([Input] string name) => name;

    private void Unreserve() => log.Write("unreserve");

    [Action, Result]
    private async Task<string> Sail([From(nameof(Reserve))] string reserved, ActionContext context, CancellationToken ct) =>
        await context.RunChildAsync(new Leg(log), reserved, ct);

    [Action]
    private async Task Watch([From(nameof(Reserve))] string reserved, CancellationToken ct)
    {
        if (log.Storm)
        {
            throw new InvalidOperationException("a storm over " + reserved);
        }

        await Task.Delay(log.IsCalm ? TimeSpan.Zero : Timeout.InfiniteTimeSpan, ct);
    }
}

[Agent]
public sealed partial class Leg(VoyageLog log)
{
    [Action, Compensate(nameof(Unbook))]
    private string Book([Input] string name)
    {
        log.Write("book");
        return name;
    }

    private void Unbook() => log.Write("unbook");

    [Action]
    private async Task Go([From(nameof(Book))] string booked, CancellationToken ct)
    {
        Assert.NotEmpty(booked);
        log.Sailing.TrySetResult();
        await Task.Delay(log.IsCalm ? TimeSpan.Zero : Timeout.InfiniteTimeSpan, ct);
    }

    [Action(Effect = Effect.AtMostOnce), Result, DependsOn(nameof(Go))]
    private string Pay()
    {
        log.Write("pay");
        return "paid";
    }
}

[Agent]
public sealed partial class OddSignals
{
    [Signal(Name = "sign~off")]
    private partial Task<int> SignOff();

    [Signal(Name = "~cancel")]
    private partial Task<int> Cancel();

    [Action, Result]
    private static int Sum([From(nameof(SignOff))] int signed, [From(nameof(Cancel))] int cancelled) => signed + cancelled;
}
