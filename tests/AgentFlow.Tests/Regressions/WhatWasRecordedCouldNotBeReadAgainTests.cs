using System.Text.Json;

namespace AgentFlow.Tests.Regressions;

/// <summary>JSON that was nested deeper than readers read was recorded, and its session could never be opened again.</summary>
public sealed class WhatWasRecordedCouldNotBeReadAgainTests
{
    private const int MaxDepth = 60;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(MaxDepth - 1)]
    [InlineData(MaxDepth)]
    public async Task What_is_recorded_is_read_wherever_it_lies(int depth)
    {
        await using var store = new MemorySessionStore();
        await using (var runtime = new AgentRuntime(store, new() { PollInterval = TimeSpan.FromMilliseconds(20) }))
        {
            var session = await runtime.StartAsync(new Deep(), Nested(depth), new() { Id = "d" }, Ct);
            Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct));
            await session.CheckpointAsync("before", Ct);
            await session.AnswerAsync(Nested(depth), cancellationToken: Ct);
            Assert.Equal(depth, DepthOf(await session.Result.WaitAsync(Patience, Ct)));
        }

        await using var reader = new AgentRuntime(store);
        Assert.All(await reader.ReadOutcomesAsync(new Deep(), "d", Ct), outcome => Assert.Equal(depth, DepthOf(outcome.Value)));
        Assert.Equal(JsonValueKind.Object, (await reader.InspectAsync(new Deep(), "d", cancellationToken: Ct)).ValueKind);
        Assert.Equal(JsonValueKind.Object, (await (await reader.FindAsync(new Deep(), "d", Ct))!.ExportAsync(isFull: true, Ct)).ValueKind);
        Assert.Equal(depth, DepthOf(await (await reader.ResumeAsync(new Deep(), "d", Ct)).Result));
    }

    [Theory]
    [InlineData(MaxDepth + 1)]
    [InlineData(64)]
    [InlineData(200)]
    public async Task What_is_deeper_is_refused_by_name(int depth)
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store, new() { PollInterval = TimeSpan.FromMilliseconds(20) });
        var input = await Assert.ThrowsAsync<PayloadTooDeepException>(() => runtime.StartAsync(new Deep(), Nested(depth), new() { Id = "d" }, Ct).AsTask());
        Assert.StartsWith("$.inputs.given.a.a.a", input.Path, StringComparison.Ordinal);
        Assert.Null(await store.FindAsync("d", Ct));

        var session = await runtime.StartAsync(new Deep(), Nested(1), new() { Id = "d" }, Ct);
        Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct));
        await Assert.ThrowsAsync<PayloadTooDeepException>(() => session.AnswerAsync(Nested(depth), cancellationToken: Ct).AsTask());
        await Assert.ThrowsAsync<PayloadTooDeepException>(() => runtime.SignalAsync("d", "Answer", Nested(depth), cancellationToken: Ct).AsTask());
        Assert.Empty(await store.ReadSignalsAsync("d", Ct));

        var failed = await runtime.StartAsync(new DeepDigger(), depth, new() { Id = "f" }, Ct);
        var error = await Assert.ThrowsAsync<ActionFailedException>(() => failed.Result.WaitAsync(Patience, Ct));
        Assert.IsType<PayloadTooDeepException>(error.InnerException);
        Assert.Single(await runtime.ReadOutcomesAsync(new DeepDigger(), "f", Ct), static o => o.Status == ActionStatus.Failed);
    }

    [Fact]
    public async Task A_relic_is_as_deep_as_it_can_be_read()
    {
        var directory = Directory.CreateTempSubdirectory("agentflow-relics-");
        try
        {
            using var files = new FileRelicStore(directory.FullName);
            foreach (var store in (IRelicStore[])[files, new MemoryRelicStore()])
            {
                await store.WriteAsync("k", Nested(MaxDepth), Ct);
                await Assert.ThrowsAsync<ArgumentException>(() => store.WriteAsync("k", Nested(MaxDepth + 1), Ct).AsTask());
                Assert.Equal(MaxDepth, DepthOf((await store.ReadAsync("k", Ct))!.Value));
            }
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    internal static JsonElement Nested(int depth) =>
        JsonElement.Parse(string.Concat(Enumerable.Repeat("{\"a\":", depth)) + "1" + new string('}', depth), new JsonDocumentOptions { MaxDepth = 1000 });

    private static int DepthOf(JsonElement value)
    {
        var depth = 0;
        for (; value.ValueKind == JsonValueKind.Object; depth++)
        {
            value = value.GetProperty("a");
        }

        return depth;
    }
}

[Agent]
public sealed partial class Deep
{
    [Action]
    private JsonElement Copy([Input] JsonElement given) => given.Clone();

    [Signal]
    private partial Task<JsonElement> Answer(JsonElement copy);

    [Action, Result]
    private JsonElement Last(JsonElement answer) => answer.Clone();
}

[Agent]
public sealed partial class DeepDigger
{
    [Action]
    private JsonElement Dig([Input] int depth) => WhatWasRecordedCouldNotBeReadAgainTests.Nested(depth);
}
