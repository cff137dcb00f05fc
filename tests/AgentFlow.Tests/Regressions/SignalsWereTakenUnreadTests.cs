namespace AgentFlow.Tests.Regressions;

/// <summary>
/// An action that began to wait while the signals at hand were read took one that nobody had read: it was answered with nothing, which was recorded nowhere, or the session hung. One that was
/// read for an action whose time was up meanwhile was recorded in the iteration before.
/// </summary>
public sealed class SignalsWereTakenUnreadTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_that_an_action_begins_to_wait_for_meanwhile_is_read_first()
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store, new() { PollInterval = TimeSpan.FromMilliseconds(20) });
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var session = await runtime.StartAsync(new AsksTwice(gate.Task), "x", new() { Id = "s" }, Ct);
        await session.SecondAsync(17, cancellationToken: Ct);
        await session.ThirdAsync("yes", cancellationToken: Ct);
        var one = new Acknowledgement { Number = 1 };
        using (Acknowledgement.OnReadByWorker(() =>
        {
            gate.SetResult();
            WaitFor(store, static r => r is { Kind: JournalKind.TimerSet, Action: "Second" });
            WaitFor(store, static r => r is { Kind: JournalKind.TimerSet, Action: "Third" });
        }))
        {
            await session.FirstAsync(one, cancellationToken: Ct);
            Assert.Equal("1, 17, yes", await session.Result.WaitAsync(s_patience, Ct));
        }
    }

    [Fact]
    public async Task One_that_was_read_for_an_earlier_iteration_is_recorded_where_it_is_taken()
    {
        var time = new ManualTimeProvider();
        await using var store = new MemorySessionStore(time);
        await using var runtime = new AgentRuntime(store, new() { Run = new() { TimeProvider = time } });
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var session = await runtime.StartAsync(new AsksAgain(gate.Task), "x", new() { Id = "s" }, Ct);
        WaitFor(store, static r => r is { Kind: JournalKind.TimerSet, Action: "Ask" });
        var seven = new Acknowledgement { Number = 7 };
        using (Acknowledgement.OnReadByWorker(() =>
        {
            time.Advance(TimeSpan.FromSeconds(11));
            gate.SetResult();
            WaitFor(store, static r => r is { Kind: JournalKind.TimerSet, Action: "Ask", Iteration: 2 });
        }))
        {
            await session.AskAsync(seven, cancellationToken: Ct);
            Assert.Equal(7, await session.Result.WaitAsync(s_patience, Ct));
        }

        Assert.Equal([1, 2], store.ReadAsync("s", 0, Ct).ToBlockingEnumerable(Ct).Where(static r => r is { Kind: JournalKind.Completed, Action: "Ask" }).Select(static r => r.Iteration));
    }

    private static void WaitFor(MemorySessionStore store, Func<JournalRecord, bool> isIt)
    {
        // Users' code reads a signal, and holds its reader up: there is nothing else to wait for.
        Assert.True(SpinWait.SpinUntil(() => store.ReadAsync("s", 0).ToBlockingEnumerable().Any(isIt), s_patience));
    }
}

/// <summary>An answer whose reading can be held up.</summary>
public sealed class Acknowledgement
{
    private static Action? s_onRead;
    private static int s_reads;

    public int Number
    {
        get;
        init
        {
            field = value;

            // The first time it is looked at is at the door.
            if (Interlocked.Increment(ref s_reads) == 2)
            {
                s_onRead?.Invoke();
            }
        }
    }

    public static IDisposable OnReadByWorker(Action action)
    {
        (s_onRead, s_reads) = (action, 0);
        return new Hold();
    }

    private sealed class Hold : IDisposable
    {
        public void Dispose() => s_onRead = null;
    }
}

[Agent]
public sealed partial class AsksTwice(Task gate)
{
    [Signal]
    private partial Task<Acknowledgement> First([Input] string text);

    [Action]
    private async Task<string> Pass([Input] string text, CancellationToken ct)
    {
        await gate.WaitAsync(ct);
        return text;
    }

    [Signal(Timeout = "1.00:00:00")]
    private partial Task<long> Second(string pass);

    [Signal(Timeout = "1.00:00:00")]
    private partial Task<string> Third(string pass);

    [Action, Result]
    private static string End(Acknowledgement first, long second, string third) => $"{first.Number}, {second}, {third}";
}

[Agent(MaxIterations = 3)]
public sealed partial class AsksAgain(Task gate)
{
    /// <summary>As long as it runs the session is at work, and looks at each signal as it comes.</summary>
    [Action]
    private async Task Work([Input] string text, CancellationToken ct) => await gate.WaitAsync(ct);

    [Signal(Timeout = "00:00:10"), Fallback(nameof(None))]
    private partial Task<Acknowledgement> Ask([Input] string text);

    private static Acknowledgement None() => new();

    [Action, Result]
    private static int Count(Acknowledgement ask) => ask.Number;

    [Until]
    private static bool IsAnswered(int count) => count > 0;
}
