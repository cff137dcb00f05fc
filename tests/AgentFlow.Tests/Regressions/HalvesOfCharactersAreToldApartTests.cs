namespace AgentFlow.Tests.Regressions;

/// <summary>Halves of surrogate pairs are one and the same character in UTF-8: what was keyed or hashed by them was taken for something else.</summary>
public sealed class HalvesOfCharactersAreToldApartTests
{
    /// <summary>Different texts that UTF-8 takes for one.</summary>
    internal static readonly string[] Texts = ["\ud800", "\ud801", "\udc00", "\ufffd"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact(Timeout = 300_000)]
    public async Task Keys_of_children()
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);
        var session = await runtime.StartAsync(new ParentByKeys(), 4, new() { Id = "p" }, Ct);
        var numbers = await session.Result;
        Assert.Equal([1, 2, 3, 4], numbers);
        Assert.Equal(4, (await store.ListAsync(new() { Parent = "p" }, Ct)).Count);
    }

    [Theory(Timeout = 300_000), InlineData(false), InlineData(true)]
    public async Task Senders_and_keys_of_signals(bool isSender)
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);
        var session = await runtime.StartAsync(new Answering(), default, new() { Id = "s" }, Ct);
        foreach (var text in Texts[..3])
        {
            var options = isSender ? new SignalOptions { Sender = text } : new SignalOptions { Key = text };
            await Assert.ThrowsAsync<ArgumentException>(() => session.AnswerAsync("no", options, Ct).AsTask());
        }

        Assert.True(await session.AnswerAsync("yes", new() { Key = "😀\ufffd" }, Ct));
        Assert.Equal("yes", await session.Result);
    }
}

[Agent]
public sealed partial class ParentByKeys
{
    [Action]
    private static async Task<int[]> Ask([Input] int count, ActionContext context, CancellationToken ct)
    {
        var numbers = new List<int>();
        foreach (var key in HalvesOfCharactersAreToldApartTests.Texts.Take(count))
        {
            numbers.Add(await context.RunChildAsync(new ChildByKey(), numbers.Count + 1, new() { Key = key }, ct));
        }

        return [.. numbers];
    }
}

[Agent]
public sealed partial class ChildByKey
{
    [Action]
    private static int Tell([Input] int number) => number;
}
