using System.Threading.Channels;

namespace AgentFlow.Tests.Regressions;

/// <summary>An element in doubt can be settled, and an uncertain child makes its parent wait instead of failing it.</summary>
public sealed class EffectsInDoubtWaitForAPersonTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("completed")]
    [InlineData("retry")]
    [InlineData("failed")]
    public async Task An_element_in_doubt_can_be_settled(string how)
    {
        await using var store = new MemorySessionStore();
        var payments = new Payments();
        await DieInTheMiddleAsync(store, new Payer(payments), 3, payments, started: 3);
        await using var runtime = new AgentRuntime(store, new() { PollInterval = TimeSpan.FromMilliseconds(20) });
        payments.Go.SetResult();
        var session = await runtime.ResumeAsync(new Payer(payments), "s", Ct);
        var error = await Assert.ThrowsAsync<UncertainSessionException>(() => session.Result.WaitAsync(Patience, Ct));
        Assert.Equal(["Pay"], error.Actions);
        Assert.Equal([0, 1, 2], error.InDoubt.Select(static doubt => doubt.Item!.Value).Order());
        Assert.Contains("Pay[1]", error.Message, StringComparison.Ordinal);

        await Assert.ThrowsAsync<ArgumentException>(async () => await runtime.SettleAsync(new Payer(payments), "s", "Pay", Settlement.Completed("x"), Ct));
        await Assert.ThrowsAsync<ArgumentException>(async () => await runtime.SettleAsync(new Payer(payments), "s", "Pay", 7, Settlement.Completed("x"), Ct));
        await Assert.ThrowsAsync<ArgumentException>(async () => await runtime.SettleAsync(new Payer(payments), "s", "Pay", 0, Settlement.Completed(1), Ct));
        await runtime.SettleAsync(new Payer(payments), "s", "Pay", 2, Settlement.Completed("settled 2"), Ct);
        await Assert.ThrowsAsync<UncertainSessionException>(() => session.Result.WaitAsync(Patience, Ct));
        await runtime.SettleAsync(new Payer(payments), "s", "Pay", 0, Settlement.Completed("settled 0"), Ct);
        await Assert.ThrowsAsync<UncertainSessionException>(() => session.Result.WaitAsync(Patience, Ct));

        // The last one needs no number.
        await runtime.SettleAsync(new Payer(payments), "s", "Pay", how switch { "retry" => Settlement.Retry, "failed" => Settlement.Failed("no"), _ => Settlement.Completed("settled 1") }, Ct);
        if (how == "failed")
        {
            await Assert.ThrowsAsync<ActionFailedException>(() => session.Result.WaitAsync(Patience, Ct));
        }
        else
        {
            Assert.Equal($"settled 0, {(how == "retry" ? "paid 1" : "settled 1")}, settled 2", await session.Result.WaitAsync(Patience, Ct));
        }

        Assert.Equal(how == "retry" ? 4 : 3, payments.Started);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_uncertain_child_makes_its_parent_wait(bool fails)
    {
        await using var store = new MemorySessionStore();
        var payments = new Payments();
        await DieInTheMiddleAsync(store, new Shop(payments), 5, payments, started: 1);
        await using var runtime = new AgentRuntime(store, new() { PollInterval = TimeSpan.FromMilliseconds(20) });
        runtime.Register(new PayOnce(payments));
        var session = await runtime.ResumeAsync(new Shop(payments), "s", Ct);
        var child = await UncertainAsync(store);
        Assert.Equal("s", child.Parent);
        Assert.False(session.Result.IsCompleted);
        Assert.Equal(SessionState.Running, (await session.GetInfoAsync(Ct)).State);
        Assert.Equal(0, payments.Undone);

        await runtime.SettleAsync(new PayOnce(payments), child.Id, "Pay", fails ? Settlement.Failed("no") : Settlement.Completed("settled"), Ct);
        if (fails)
        {
            await Assert.ThrowsAsync<ActionFailedException>(() => session.Result.WaitAsync(Patience, Ct));
            Assert.Equal(1, payments.Undone);
        }
        else
        {
            Assert.Equal("reserved, settled", await session.Result.WaitAsync(Patience, Ct));
            Assert.Equal(0, payments.Undone);
        }

        Assert.Equal(1, payments.Started);
    }

    [Fact]
    public async Task A_parent_may_ask_to_be_told_instead()
    {
        await using var store = new MemorySessionStore();
        var payments = new Payments();
        await DieInTheMiddleAsync(store, new Curious(payments), 5, payments, started: 1);
        await using var runtime = new AgentRuntime(store, new() { PollInterval = TimeSpan.FromMilliseconds(20) });
        Assert.Equal("in doubt: Pay", await (await runtime.ResumeAsync(new Curious(payments), "s", Ct)).Result.WaitAsync(Patience, Ct));
    }

    /// <summary>Starts a session and kills its worker while payments are under way.</summary>
    private static async Task DieInTheMiddleAsync<TSelf, TResult>(MemorySessionStore store, IDurableAgent<TSelf, int, TResult> agent, int input, Payments payments, int started)
        where TSelf : IDurableAgent<TSelf, int, TResult>
    {
        await using var worker = new AgentRuntime(store, new() { ShutdownGrace = TimeSpan.Zero, PollInterval = TimeSpan.FromMilliseconds(20) });
        await worker.StartAsync(agent, input, new() { Id = "s" }, Ct);
        await payments.WhenStartedAsync(started).WaitAsync(Patience, Ct);
    }

    private static async Task<SessionInfo> UncertainAsync(MemorySessionStore store)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        patience.CancelAfter(Patience);
        while (true)
        {
            if (await store.ListAsync(new SessionQuery { States = [SessionState.Uncertain] }, patience.Token) is [var found, ..])
            {
                return found;
            }

            await Task.Yield();
            patience.Token.ThrowIfCancellationRequested();
        }
    }
}

/// <summary>Payments that hang until they may go on.</summary>
public sealed class Payments
{
    private readonly Channel<int> _reached = Channel.CreateUnbounded<int>();
    private int _started;
    private int _undone;

    public TaskCompletionSource Go { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Started => Volatile.Read(ref _started);

    public int Undone => Volatile.Read(ref _undone);

    public void Undo() => Interlocked.Increment(ref _undone);

    public async Task WhenStartedAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            await _reached.Reader.ReadAsync();
        }
    }

    public async Task<string> PayAsync(int number, CancellationToken ct)
    {
        Interlocked.Increment(ref _started);
        _reached.Writer.TryWrite(number);
        await Go.Task.WaitAsync(ct);
        return $"paid {number}";
    }
}

[Agent]
public sealed partial class Payer(Payments payments)
{
    [Action]
    private static int[] Bills([Input] int count) => [.. Enumerable.Range(0, count)];

    [Action(Effect = Effect.AtMostOnce), ForEach(nameof(Bills))]
    private Task<string> Pay([Item] int bill, CancellationToken ct) => payments.PayAsync(bill, ct);

    [Action]
    private static string Sum([From(nameof(Pay))] string[] paid) => string.Join(", ", paid);
}

[Agent]
public sealed partial class PayOnce(Payments payments)
{
    [Action(Effect = Effect.AtMostOnce)]
    private Task<string> Pay([Input] int bill, CancellationToken ct) => payments.PayAsync(bill, ct);
}

[Agent]
public sealed partial class Shop(Payments payments)
{
    [Action, Compensate(nameof(Release))]
    private static string Reserve([Input] int bill) => bill > 0 ? "reserved" : "nothing";

    private void Release() => payments.Undo();

    [Action]
    private async Task<string> Charge([Input] int bill, [From(nameof(Reserve))] string reserved, ActionContext context, CancellationToken ct) => $"{reserved}, {await context.RunChildAsync(new PayOnce(payments), bill, ct)}";
}

[Agent]
public sealed partial class Curious(Payments payments)
{
    [Action]
    private async Task<string> Charge([Input] int bill, ActionContext context, CancellationToken ct)
    {
        try
        {
            return await context.RunChildAsync(new PayOnce(payments), bill, new() { WaitsForSettlement = false }, ct);
        }
        catch (UncertainSessionException e)
        {
            return $"in doubt: {string.Join(", ", e.Actions)}";
        }
    }
}
