using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization;
using AgentFlow.Testing;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI.Tests.Reactive;

/// <summary>Events are accepted once, handled in order by key, and none is lost, whatever happens to sessions, workers and handlers.</summary>
public sealed partial class DurableEventTests : IAsyncDisposable
{
    private readonly MemorySessionStore _store = new();
    private readonly ConcurrentQueue<string> _handled = new();
    private readonly List<AgentRuntime> _runtimes = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        foreach (var runtime in _runtimes)
        {
            await runtime.DisposeAsync();
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task Each_type_has_its_handler_and_what_came_of_it_is_recorded()
    {
        var agent = Agent()
            .On("paid", Json.Default.Paid, Json.Default.String, static (e, context, _) => new($"{e.Cents} by {context.Id}"), static e => e.Account)
            .On("lost", Json.Default.Lost, static (_, _, _) => throw new IOException("stuck"));
        await agent.StartAsync(Ct);
        Assert.True(await agent.PublishAsync(new Paid("a", 7), "p1", Ct));
        Assert.True(await agent.PublishAsync(new Lost("x"), "l1", Ct));
        var outcomes = (await OutcomesAsync(agent, 2)).OrderBy(static o => o.Type).ToArray();
        Assert.Equal(new DurableEventOutcome("l1", "lost", null, DurableEventStatus.Failed) { Error = new("System.IO.IOException", "stuck"), Attempts = 1 }, outcomes[0]);
        Assert.Equal(("p1", "paid", "a", DurableEventStatus.Handled, "7 by p1", 1), (outcomes[1].Id, outcomes[1].Type, outcomes[1].Key, outcomes[1].Status, outcomes[1].Response!.Value.GetString(), outcomes[1].Attempts));
        Assert.Contains("Nobody handles events", (await Assert.ThrowsAsync<NoEventHandlerException>(() => agent.PublishAsync("text", cancellationToken: Ct).AsTask())).Message, StringComparison.Ordinal);
    }

    [Theory(Timeout = 20_000), InlineData(1_000), InlineData(3), InlineData(1)]
    public async Task Events_of_a_key_keep_their_order_also_where_sessions_change(int eventsPerSession)
    {
        var agent = Noting(options: new() { Lanes = 3, EventsPerSession = eventsPerSession });
        await agent.StartAsync(Ct);
        await Task.WhenAll(Enumerable.Range(0, 5).Select(async account =>
        {
            for (var i = 0; i < 20; i++)
            {
                await agent.PublishAsync(new Paid($"k{account}", i), $"{account}-{i}", Ct);
            }
        }));
        var outcomes = await OutcomesAsync(agent, 100, static o => o.Status != DurableEventStatus.Duplicate);
        Assert.All(outcomes, static o => Assert.Equal(DurableEventStatus.Handled, o.Status));
        AssertInOrder(5, 20);
    }

    private void AssertInOrder(int keys, int each)
    {
        Assert.Equal(keys * each, _handled.Count);
        var byKey = _handled.GroupBy(static note => note.Split(' ')[0]).ToDictionary(static g => g.Key, static g => g.Select(static note => int.Parse(note.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Equal(keys, byKey.Count);
        Assert.All(byKey.Values, numbers => Assert.Equal(Enumerable.Range(0, each), numbers));
    }

    private AgentRuntime Runtime(ISessionStore? store = null, TimeProvider? clock = null)
    {
        var runtime = new AgentRuntime(store ?? _store, new() { PollInterval = TimeSpan.FromMilliseconds(20), Lease = TimeSpan.FromSeconds(5), Run = new() { TimeProvider = clock ?? TimeProvider.System } });
        _runtimes.Add(runtime);
        return runtime;
    }

    private DurableEventAgent Agent(AgentRuntime? runtime = null, DurableEventOptions? options = null) => new(runtime ?? Runtime(), "orders", options ?? new() { Lanes = 2 });

    private DurableEventAgent Noting(AgentRuntime? runtime = null, DurableEventOptions? options = null) => Agent(runtime, options).On("paid", Json.Default.Paid, async (e, _, _) =>
    {
        await Task.Yield();
        _handled.Enqueue($"{e.Account} {e.Cents}");
    }, static e => e.Account);

    private static async Task<List<DurableEventOutcome>> OutcomesAsync(DurableEventAgent agent, int count, Func<DurableEventOutcome, bool>? counts = null)
    {
        var outcomes = new List<DurableEventOutcome>();
        await foreach (var outcome in agent.ReadOutcomesAsync(Ct))
        {
            if (counts?.Invoke(outcome) ?? true)
            {
                outcomes.Add(outcome);
                if (outcomes.Count == count)
                {
                    break;
                }
            }
        }

        return outcomes;
    }

    internal sealed record Paid(string Account, int Cents);

    internal sealed record Lost(string What);

    [JsonSerializable(typeof(Paid))]
    [JsonSerializable(typeof(Lost))]
    [JsonSerializable(typeof(string))]
    internal sealed partial class Json : JsonSerializerContext;
}
