using System.Collections.Concurrent;
using System.Text.Json;

namespace AgentFlow.AI.Tests.Reactive;

/// <summary>Whoever publishes and handles dies before or after each of its writes; another goes on. Nothing that was accepted is lost, nothing recorded is done again, and order holds.</summary>
public sealed class DurableEventCrashTests
{
    private static readonly DurableEventOptions s_options = new() { Lanes = 1, EventsPerSession = 2 };

    /// <summary>What stands before the JSON of a payload that is not encrypted: version, length and checksum, of whatever bytes.</summary>
    private const int SealSize = 42;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory(Timeout = 300_000), InlineData(false, 1), InlineData(true, 1), InlineData(false, 2), InlineData(true, 2)]
    public async Task Dead_at_any_write_nothing_accepted_is_lost_nothing_recorded_is_repeated_and_order_holds(bool after, int times)
    {
        var deaths = 0;
        for (var n = 1; ; n++)
        {
            await using var store = new MemorySessionStore();
            var dying = new DyingStore(store, n, after);
            var accepted = new ConcurrentQueue<string>();
            var called = new ConcurrentQueue<string>();
            await LiveAsync(dying, Events, times, called, accepted, () => dying.IsDead);
            if (!dying.IsDead)
            {
                break;
            }

            deaths++;
            var recorded = await RecordedAsync(store);
            var before = called.ToArray();
            called.Clear();
            await LiveAsync(store, Events.Skip(accepted.Count), times, called, accepted, static () => false);
            var outcomes = await RecordedAsync(store);
            Assert.Equal(7, accepted.Count);
            foreach (var key in (string[])["a", "b"])
            {
                var handled = outcomes.Where(o => o.Key == key && o.Status == DurableEventStatus.Handled).Select(static o => o.Id);
                Assert.Equal(Events.Where(e => e.Account == key).Select(static e => e.Id), handled);
            }

            // At most the one that was under way is handled a second time, and none of those recorded.
            Assert.InRange(before.Intersect(called).Count(), 0, 1);
            Assert.Empty(recorded.Where(static o => o.Status == DurableEventStatus.Handled).Select(static o => o.Id).Intersect(called));
        }

        Assert.True(deaths > 40, $"{deaths} deaths");
    }

    private static IEnumerable<(string Account, string Id)> Events => Enumerable.Range(0, 7).Select(static i => (i % 2 == 0 ? "a" : "b", $"e{i}"));

    /// <summary>Publishes events, and lives until all are handled or it is dead. The first may have been accepted by one that died before it knew.</summary>
    private static async Task LiveAsync(ISessionStore store, IEnumerable<(string Account, string Id)> events, int times, ConcurrentQueue<string> called, ConcurrentQueue<string> accepted, Func<bool> isDead)
    {
        await using var runtime = new AgentRuntime(store, new() { Owner = "w", PollInterval = TimeSpan.FromMilliseconds(5), ShutdownGrace = TimeSpan.FromSeconds(5) });
        var agent = new DurableEventAgent(runtime, "orders", s_options).On("paid", DurableEventTests.Json.Default.Paid, async (_, context, _) =>
        {
            await Task.Yield();
            called.Enqueue(context.Id);
        }, static e => e.Account);
        try
        {
            await agent.StartAsync(Ct);
            foreach (var (account, id) in events)
            {
                // What comes again takes places too, so that sessions have successors before they are full.
                for (var time = 0; time < times; time++)
                {
                    await agent.PublishAsync(new DurableEventTests.Paid(account, 0), id, Ct);
                }

                accepted.Enqueue(id);
            }
        }
        catch (IOException) when (isDead())
        {
            return;
        }

        while (!isDead() && (await RecordedAsync(store)).Where(static o => o.Status == DurableEventStatus.Handled).DistinctBy(static o => o.Id).Count() < 7)
        {
            Ct.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    /// <summary>The outcomes that are recorded, in the order of sessions and journals.</summary>
    private static async Task<List<DurableEventOutcome>> RecordedAsync(ISessionStore store)
    {
        var outcomes = new List<DurableEventOutcome>();
        foreach (var session in await store.ListAsync(new() { Limit = 1_000 }, Ct))
        {
            await foreach (var record in store.ReadAsync(session.Id, 0, Ct))
            {
                if (record is { Kind: JournalKind.Completed, Action: "Handle" })
                {
                    var value = JsonDocument.Parse(record.Payload[SealSize..]).RootElement.GetProperty("value");
                    outcomes.Add(new(value.GetProperty("Id").GetString()!, value.GetProperty("Type").GetString()!, value.GetProperty("Key").GetString(), Enum.Parse<DurableEventStatus>(value.GetProperty("Status").GetString()!)));
                }
            }
        }

        return [.. outcomes.Where(static o => o.Type.Length > 0)];
    }
}
