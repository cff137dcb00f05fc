using System.Data.Common;
using AgentFlow.Crash;

namespace AgentFlow.Stores.Tests.Regressions;

/// <summary>
/// A transaction that committed when its session's lease had just run out, and nobody else had taken the session, left it hanging: it was given up, and the action of the transaction was never let go.
/// </summary>
public sealed class TransactionsOutlivedTheirLeasesTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, InlineData(true), InlineData(false)]
    public async Task Such_a_session_goes_on(bool isWritten)
    {
        var folder = Directory.CreateTempSubdirectory("agentflow-lease-");
        try
        {
            var time = new JumpingTime();
            await using var store = new SlowStore(new SqliteSessionStore(Path.Combine(folder.FullName, "s.db"), new() { TimeProvider = time }))
            {
                OnCommitted = isWritten ? time.JumpOnce : static () => { },
            };
            var runs = 0;
            var booker = new LateBooker(() =>
            {
                Interlocked.Increment(ref runs);
                if (!isWritten)
                {
                    time.JumpOnce();
                }
            });
            await using var runtime = new AgentRuntime(store, new() { PollInterval = TimeSpan.FromMilliseconds(20), Run = new() { TimeProvider = time } });
            var session = await runtime.StartAsync(booker, 3, new() { Id = "s" }, Ct);
            await WhenOfEpochAsync(store, 2);
            var resumed = await runtime.ResumeAsync(booker, "s", Ct);
            Assert.Equal("booked 3", await resumed.Result.WaitAsync(Patience, Ct));
            Assert.Equal(1, runs);
            Assert.Equal(session.Id, resumed.Id);
        }
        finally
        {
            Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
            folder.Delete(recursive: true);
        }
    }

    private static async Task WhenOfEpochAsync(SlowStore store, long epoch)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        patience.CancelAfter(Patience);
        while ((await store.FindAsync("s", patience.Token))!.Epoch < epoch)
        {
            await Task.Delay(5, patience.Token); // The runtime's loop runs on a thread of its own.
        }
    }

    /// <summary>The clock of a machine that stands still once.</summary>
    private sealed class JumpingTime : TimeProvider
    {
        private long _shift;
        private int _jumps;

        public void JumpOnce()
        {
            if (Interlocked.Exchange(ref _jumps, 1) == 0)
            {
                Interlocked.Add(ref _shift, TimeSpan.FromMinutes(1).Ticks);
            }
        }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref _shift));

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => System.GetElapsedTime(0).Ticks + Interlocked.Read(ref _shift);
    }

    private sealed class SlowStore(ISessionStore inner) : ForwardingStore(inner)
    {
        public required Action OnCommitted { get; init; }

        public override async ValueTask<DateTimeOffset> ExecuteAsync(SessionClaim claim, Func<DbTransaction, CancellationToken, ValueTask<SessionAppend?>> body, CancellationToken cancellationToken = default)
        {
            var time = await base.ExecuteAsync(claim, body, cancellationToken);
            OnCommitted();
            return time;
        }
    }
}

[Agent]
public sealed partial class LateBooker(Action onBook)
{
    [Action(Effect = Effect.Transactional)]
    private async Task<int> Book([Input] int number, ActionContext context, CancellationToken ct)
    {
        await Ledger.ExecuteAsync(context.Transaction, "CREATE TABLE IF NOT EXISTS booked (number INTEGER)");
        onBook();
        return number;
    }

    [Action]
    private static string Confirm(int book) => $"booked {book}";
}
