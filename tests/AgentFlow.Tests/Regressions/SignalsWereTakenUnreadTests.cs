namespace AgentFlow.Tests.Regressions;

/// <summary>
/// An action that began to wait while the signals at hand were read took one that nobody had read: its answer was nothing, or the session hung.
/// </summary>
public sealed class SignalsWereTakenUnreadTests
{
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
            Assert.Equal("1, 17, yes", await session.Result.WaitAsync(Patience, Ct));
        }
    }

    private static void WaitFor(MemorySessionStore store, Func<JournalRecord, bool> isIt)
    {
        // Users' code reads a signal, and holds its reader up: there is nothing else to wait for.
        Assert.True(SpinWait.SpinUntil(() => store.ReadAsync("s", 0).ToBlockingEnumerable().Any(isIt), Patience));
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
