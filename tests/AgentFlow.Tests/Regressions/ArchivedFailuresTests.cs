namespace AgentFlow.Tests.Regressions;

/// <summary>A session that had failed was one that had completed, without a result, as soon as it was archived.</summary>
public sealed class ArchivedFailuresTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_put_away_is_still_what_it_was()
    {
        await using var store = new MemorySessionStore();
        await using (var runtime = new AgentRuntime(store))
        {
            var session = await runtime.StartAsync(new Doomed(), "sadly", new() { Id = "s" }, Ct);
            await Assert.ThrowsAsync<ActionFailedException>(() => session.Result.WaitAsync(Patience, Ct));
            await runtime.ArchiveAsync("s", Ct);
        }

        await using var later = new AgentRuntime(store);
        var archived = (await later.FindAsync(new Doomed(), "s", Ct))!;
        var failed = await Assert.ThrowsAsync<ActionFailedException>(() => archived.Result.WaitAsync(Patience, Ct));
        Assert.Equal("sadly", failed.InnerException!.Message);
    }
}

/// <summary>Fails as it is told to.</summary>
[Agent]
public sealed partial class Doomed
{
    [Action]
    private int Fail([Input] string message) => throw new InvalidOperationException(message);
}
