using System.Runtime.CompilerServices;
using AgentFlow.Crash;

namespace AgentFlow.Stores.Tests.Regressions;

/// <summary>
/// Where a fork has its beginning from was believed before the record was authenticated that says so: one that is there for a moment only gave a
/// session the snapshot of another.
/// </summary>
public sealed class AForkWasBelievedTooEarlyTests : SealingTest
{
    [Fact]
    public async Task A_record_that_is_there_for_a_moment_gives_no_session_the_state_of_another()
    {
        await using var store = new MemorySessionStore();
        var (_, _, snapshot) = await CollectAsync(store, "victim");
        var forged = await ForgeAsync(snapshot.Sequence);
        await store.ForkAsync(
            new SessionFork
            {
                Source = "victim",
                UpTo = snapshot.Sequence,
                Session = (await store.FindAsync("victim", Ct))! with { Id = "mine" },
                State = SessionState.Running,
            },
            Ct);
        await using var runtime = Open(new FleetingStore(store, forged));
        await Assert.ThrowsAsync<DamagedSessionException>(() => runtime.ResumeAsync(new Collector(), "mine", Ct).AsTask());
        await using var reader = Open(new FleetingStore(store, forged));
        await Assert.ThrowsAsync<DamagedSessionException>(() => reader.InspectAsync(new Collector(), "mine", cancellationToken: Ct).AsTask());
    }

    /// <summary>The first record of a fork of a session of the victim's name, which somebody has made with keys of their own.</summary>
    private static async Task<JournalRecord> ForgeAsync(long upTo)
    {
        using var keys = new PayloadEncryption("other", new Dictionary<string, byte[]> { ["other"] = [.. Enumerable.Repeat((byte)9, 32)] });
        await using var elsewhere = new MemorySessionStore();
        await using var runtime = new AgentRuntime(elsewhere, new() { Encryption = keys });
        var session = await runtime.StartAsync(new Collector(), default, new() { Id = "victim" }, Ct);
        for (var i = 0; i < 24; i++)
        {
            Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct));
            await session.NextAsync(new string((char)('a' + i), 600), cancellationToken: Ct);
        }

        Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct));
        await runtime.ForkAsync(new Collector(), "victim", new() { Id = "mine", Sequence = upTo, IsPaused = true }, Ct);
        return (await elsewhere.ReadAllAsync("mine"))[(int)upTo];
    }

    /// <summary>Shows a record behind the last one, once.</summary>
    private sealed class FleetingStore(ISessionStore inner, JournalRecord fleeting) : ForwardingStore(inner)
    {
        private int _hasShown;

        public override async IAsyncEnumerable<JournalRecord> ReadAsync(string id, long after, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await foreach (var record in base.ReadAsync(id, after, cancellationToken))
            {
                yield return record;
            }

            if (id == "mine" && after == fleeting.Sequence - 1 && Interlocked.Exchange(ref _hasShown, 1) == 0)
            {
                yield return fleeting;
            }
        }
    }
}
