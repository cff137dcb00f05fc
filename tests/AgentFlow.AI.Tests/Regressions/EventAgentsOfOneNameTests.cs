using System.Text.Json.Serialization;

namespace AgentFlow.AI.Tests.Regressions;

/// <summary>Of two event agents of one name in a runtime the second took the first one's place, and its events had no handler there.</summary>
public sealed partial class EventAgentsOfOneNameTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact(Timeout = 300_000)]
    public async Task The_second_is_refused_until_the_first_has_stopped()
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);
        await using var other = new AgentRuntime(store);
        await using var first = Of(runtime);
        await using var second = Of(runtime);
        await using var elsewhere = Of(other);
        await first.StartAsync(Ct);
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => second.StartAsync(Ct).AsTask());
        Assert.Contains("'orders'", error.Message, StringComparison.Ordinal);
        await second.StopAsync();
        Assert.True(await first.PublishAsync(new Placed(1), "1", Ct));
        await elsewhere.StartAsync(Ct);
        await first.StopAsync();
        await second.StartAsync(Ct);
        Assert.True(await second.PublishAsync(new Placed(2), "2", Ct));
    }

    private static DurableEventAgent Of(AgentRuntime runtime) => new DurableEventAgent(runtime, "orders").On("placed", PlacedJson.Default.Placed, static (_, _, _) => ValueTask.CompletedTask);

    internal sealed record Placed(int Id);

    [JsonSerializable(typeof(Placed))]
    internal sealed partial class PlacedJson : JsonSerializerContext;
}
