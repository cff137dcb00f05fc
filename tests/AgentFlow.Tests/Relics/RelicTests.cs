using System.Text.Json;

namespace AgentFlow.Tests.Relics;

public sealed class RelicTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("relics").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory, InlineData(false), InlineData(true)]
    public async Task What_is_written_is_read_replaced_and_deleted(bool inFiles)
    {
        using var files = new FileRelicStore(_folder);
        IRelicStore store = inFiles ? files : new MemoryRelicStore();
        string[] keys = ["report", "Report", "../../etc/passwd", "a/b", "con", "ключ 🗝", new('k', 512)];
        foreach (var key in keys)
        {
            Assert.Null(await store.ReadAsync(key, Ct));
            Assert.False(await store.DeleteAsync(key, Ct));
            await store.WriteAsync(key, JsonElement.Parse("""{"draft":1}"""), Ct);
            await store.WriteAsync(key, JsonElement.Parse($$"""{"of":{{key.Length}}}"""), Ct);
        }

        foreach (var key in keys)
        {
            Assert.Equal($$"""{"of":{{key.Length}}}""", (await store.ReadAsync(key, Ct))?.GetRawText());
        }

        Assert.Equal(inFiles ? keys.Length : 0, Directory.GetFiles(_folder).Length);
        Assert.True(await store.DeleteAsync("report", Ct));
        Assert.Null(await store.ReadAsync("report", Ct));
        Assert.NotNull(await store.ReadAsync("Report", Ct));
        await Assert.ThrowsAsync<ArgumentException>(() => store.ReadAsync("", Ct).AsTask());
        await Assert.ThrowsAsync<ArgumentException>(() => store.WriteAsync(new('k', 513), JsonElement.Parse("1"), Ct).AsTask());
    }

    [Fact]
    public async Task Damage_is_an_error_and_can_be_written_over()
    {
        using var store = new FileRelicStore(_folder);
        await store.WriteAsync("report", JsonElement.Parse("[1]"), Ct);
        var file = Directory.GetFiles(_folder).Single();
        var whole = await File.ReadAllBytesAsync(file, Ct);
        for (var length = 0; length < whole.Length; length++)
        {
            await File.WriteAllBytesAsync(file, whole[..length], Ct);
            var error = await Assert.ThrowsAsync<InvalidDataException>(() => store.ReadAsync("report", Ct).AsTask());
            Assert.Contains("'report'", error.Message, StringComparison.Ordinal);
        }

        await File.WriteAllTextAsync(file, """{"key":"another","relic":1}""", Ct);
        await Assert.ThrowsAsync<InvalidDataException>(() => store.ReadAsync("report", Ct).AsTask());
        await store.WriteAsync("report", JsonElement.Parse("[2]"), Ct);
        Assert.Equal("[2]", (await store.ReadAsync("report", Ct))?.GetRawText());
    }

    [Fact]
    public async Task Writers_of_one_key_take_turns()
    {
        using var store = new FileRelicStore(_folder);
        await Parallel.ForAsync(0, 50, Ct, async (i, ct) => await store.WriteAsync("one", JsonElement.Parse($"[{i}]"), ct));
        Assert.InRange((await store.ReadAsync("one", Ct))!.Value[0].GetInt32(), 0, 49);
        Assert.Single(Directory.GetFiles(_folder));
    }

    [Fact]
    public async Task Plans_write_and_read_them()
    {
        using var store = new FileRelicStore(_folder);
        var catalog = new PlanCatalog().AddRelics("reports", store, "Reports that were written before.");
        var plan = Plan.Parse("""
            {
              "inputs": ["topic"], "result": "again",
              "actions": [
                { "name": "before", "type": "relic", "target": "reports", "parameters": { "key": "report of ${topic}" } },
                { "name": "keep", "type": "relic", "target": "reports", "parameters": { "key": "report of ${topic}", "value": { "before": "$before" } } },
                { "name": "again", "type": "relic", "target": "reports", "parameters": { "key": "report of ${topic}" }, "depends_on": ["keep"] }
              ]
            }
            """, catalog);
        Assert.Equal("""{"before":null}""", await RunAsync(plan));
        Assert.Equal("""{"before":{"before":null}}""", await RunAsync(plan));
        Assert.Equal("""{"before":{"before":null}}""", (await store.ReadAsync("report of lamps", Ct))?.GetRawText());
        Assert.False(Plan.TryParse("""{"actions":[{"name":"a","type":"relic","target":"reports","parameters":{"kee":"x"}}]}""", catalog, out _, out var errors));
        Assert.Contains(errors, static e => e.Message.Contains("did you mean 'key'", StringComparison.OrdinalIgnoreCase));
    }

    private static async Task<string> RunAsync(Plan plan) =>
        (await new PlanAgent(plan).RunAsync(JsonElement.Parse("""{"topic":"lamps"}"""), cancellationToken: Ct)).GetRawText();
}
