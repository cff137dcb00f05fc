using AgentFlow.Crash;

namespace AgentFlow.Tests.Regressions;

/// <summary>
/// The time-out of a signal that had lost a race stayed behind. If it came while the signal's wait in the next iteration was being recorded, it ended that wait, long before its time.
/// </summary>
public sealed class TimesOfEarlierIterationsEndedLaterWaitsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact(Timeout = 300_000)]
    public async Task A_wait_has_all_its_time()
    {
        var time = new ManualTimeProvider();
        await using var store = new HoldingStore(new MemorySessionStore(time));
        await using var runtime = new AgentRuntime(store, new() { Run = new() { TimeProvider = time } });
        var session = await runtime.StartAsync(new AsksInRounds(), "x", new() { Id = "s" }, Ct);
        await store.Held.Task.WaitAsync(Ct);

        // In the first round it was given ten seconds, and in the second round it has ten of its own.
        time.Advance(TimeSpan.FromSeconds(10));
        store.Go.SetResult();
        Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct));
        time.Advance(TimeSpan.FromSeconds(9));
        await session.AskAsync("answered", cancellationToken: Ct);
        Assert.Equal("answered", await session.Result.WaitAsync(Patience, Ct));
    }

    /// <summary>A store that is slow to record that a time begins to run in the second iteration.</summary>
    private sealed class HoldingStore(ISessionStore inner) : ForwardingStore(inner)
    {
        public TaskCompletionSource Held { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Go { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override async ValueTask<DateTimeOffset> AppendAsync(SessionAppend append, CancellationToken cancellationToken = default)
        {
            if (append.Records.Any(static r => r is { Kind: JournalKind.TimerSet, Iteration: 2 }))
            {
                Held.SetResult();
                await Go.Task;
            }

            return await base.AppendAsync(append, cancellationToken);
        }
    }
}

[Agent(MaxIterations = 3)]
public sealed partial class AsksInRounds
{
    [Signal(Timeout = "00:00:10"), Fallback(nameof(None))]
    private partial Task<string> Ask([Input] string text);

    private static string None() => "nobody answered";

    [Action]
    private static int Round([Previous(nameof(Round))] int? round) => (round ?? 0) + 1;

    private static bool IsFirst(int round) => round == 1;

    [Action, When(nameof(IsFirst))]
    private static string Skip([From(nameof(Round))] int round) => $"skipped in round {round}";

    [Action, Result]
    private static string Take([From(nameof(Ask), nameof(Skip), Take = AgentFlow.Take.First, CancelOthers = true)] string answer) => answer;

    [Until]
    private static bool IsOver([From(nameof(Round))] int round) => round == 2;
}
