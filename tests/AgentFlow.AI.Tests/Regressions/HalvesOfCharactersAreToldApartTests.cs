using System.Text.Json.Serialization;

namespace AgentFlow.AI.Tests.Regressions;

/// <summary>Halves of surrogate pairs are one and the same character in UTF-8: what was keyed or hashed by them was taken for something else.</summary>
public sealed partial class HalvesOfCharactersAreToldApartTests
{
    /// <summary>Different texts that UTF-8 takes for one.</summary>
    private static readonly string[] s_texts = ["\ud800", "\ud801", "\udc00", "\ufffd"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact(Timeout = 300_000)]
    public async Task Keys_of_memories()
    {
        var memory = new LongTermMemory(new InMemoryMemoryStore());
        var ids = new HashSet<string>();
        foreach (var text in s_texts)
        {
            Assert.True(ids.Add((await memory.RememberAsync(new("s", $"Fact {ids.Count}: {Guid.NewGuid()}.") { Key = $"key {text}" }, Ct)).Id));
        }
    }

    [Theory(Timeout = 300_000)]
    [InlineData("key", "k2c70e12b7a0646f92279f427c7b38e7334d8e5389cff167a1dc30e73f826b683")]
    [InlineData("ключ 😀", "k06a8e04797a866fe6265d5f9a72789be288e6e42342322291c44e0f30e378331")]
    public async Task Keys_that_are_text_have_the_ids_that_they_had(string key, string id) =>
        Assert.Equal(id, (await new LongTermMemory(new InMemoryMemoryStore()).RememberAsync(new("s", "A fact.") { Key = key }, Ct)).Id);

    [Fact(Timeout = 300_000)]
    public async Task Ids_of_events()
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);
        await using var agent = new DurableEventAgent(runtime, "orders").On("told", HalvesJson.Default.Told, static (_, _, _) => ValueTask.CompletedTask);
        await agent.StartAsync(Ct);
        foreach (var text in s_texts[..3])
        {
            await Assert.ThrowsAsync<ArgumentException>(() => agent.PublishAsync(new Told(1), $"id {text}", Ct).AsTask());
        }

        Assert.True(await agent.PublishAsync(new Told(1), $"id {s_texts[3]}", Ct));
        Assert.True(await agent.PublishAsync(new Told(1), "id 😀", Ct));
    }

    internal sealed record Told(int Id);

    [JsonSerializable(typeof(Told))]
    internal sealed partial class HalvesJson : JsonSerializerContext;
}
